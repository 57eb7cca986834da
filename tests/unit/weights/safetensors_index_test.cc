#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/weights/layout.h"
#include "testing/memory_file.h"

namespace strongroom::weights {
namespace {

Layout Holding(std::vector<std::string> names) {
  Layout layout;
  for (std::string& name : names) layout.tensors.push_back({std::move(name), "U8", {}, 0, 0});
  return layout;
}

std::string Refusal(std::string_view json) {
  const Layout one = Holding({"a", "b"}), two = Holding({"c"});
  const std::vector<NamedLayout> beside = {{"1.safetensors", &one}, {"2.safetensors", &two}};
  const Status status = CheckIndex(testing::MemoryFile(AsBytes(json)), json.size(), beside);
  if (status) return "";
  EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
  return status.error().message;
}

TEST(CheckIndex, AnIndexThatAgreesWithItsFilesIsAccepted) {
  EXPECT_EQ(
      Refusal(
          R"({"metadata":{"total_size":3},"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}})"),
      "");
}

TEST(CheckIndex, AFileThatIsNotThereIsNamed) {
  EXPECT_EQ(Refusal(R"({"weight_map":{"a":"3.safetensors"}})"),
            "safetensors index, offset 19: \"3.safetensors\" is named here but is not beside the index");
  EXPECT_NE(Refusal(R"({"weight_map":{"a":"../1.safetensors"}})"), "");
}

TEST(CheckIndex, ATensorInAnotherFileIsNamed) {
  EXPECT_EQ(Refusal(R"({"weight_map":{"a":"2.safetensors"}})"),
            "safetensors index, offset 19: \"2.safetensors\" does not hold tensor \"a\"");
}

TEST(CheckIndex, AnythingElseThanAMapOfStringsIsRefused) {
  for (const char* json :
       {"", "[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{},\"weight_map\":{}}",
        R"({"weight_map":{"a":"1.safetensors","a":"1.safetensors"}})", "{\"weight_map\":{}}x"}) {
    EXPECT_NE(Refusal(json), "") << json;
  }
}

}  // namespace
}  // namespace strongroom::weights
