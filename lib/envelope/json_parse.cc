// The only place that knows nlohmann's parser: its SAX events, checked one by one, build a Json.
#include <iterator>
#include <nlohmann/json.hpp>

#include "strongroom/envelope/json.h"

namespace strongroom::envelope {
namespace {

// CountingIterator tells the handler how far the parser has read, for its events carry no offsets.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

// DocumentBuilder receives the parser's events. Each returns false to stop, after setting the reason.
class DocumentBuilder {
 public:
  DocumentBuilder(const JsonLimits& limits, const std::size_t& offset) : limits_(limits), offset_(offset) {}

  bool null() { return Add(Json()); }
  bool boolean(bool value) { return Add(value); }
  bool number_integer(std::int64_t value) { return Add(value); }
  bool number_unsigned(std::uint64_t value) { return Add(value); }
  bool number_float(double, const std::string&) { return Stop("a number that is not a 64-bit integer"); }
  bool string(std::string& value) { return Add(std::move(value)); }
  bool binary(std::vector<std::uint8_t>&) { return Stop("a binary value"); }
  bool start_object(std::size_t) { return Open(Json::Object()); }
  bool start_array(std::size_t) { return Open(Json::Array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    Level& level = open_.back();
    if (level.members.contains(name)) return Stop("the member " + CanonicalJson(name) + " twice");
    level.name = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    reason_ = "what is not json";
    error_offset_ = position == 0 ? 0 : position - 1;
    return false;
  }

  [[nodiscard]] Error error() const {
    return {ErrorCode::kMalformed, "json has " + reason_ + " at byte " + std::to_string(error_offset_)};
  }
  Json Take() { return std::move(root_); }

 private:
  struct Level {
    bool is_object = false;
    Json::Object members;
    Json::Array items;
    std::string name;  // of the member whose value comes next
  };

  bool Stop(std::string reason) {
    reason_ = std::move(reason);
    error_offset_ = offset_;
    return false;
  }

  bool Count() { return ++values_ <= limits_.max_values || Stop("more values than allowed"); }

  bool Add(Json value) { return Count() && Place(std::move(value)); }

  bool Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = open_.back(); level.is_object) {
      level.members.emplace(std::move(level.name), std::move(value));
    } else {
      level.items.push_back(std::move(value));
    }
    return true;
  }

  bool Open(const Json& empty) {
    if (open_.size() >= limits_.max_depth) return Stop("more levels than allowed");
    open_.emplace_back().is_object = empty.Get<Json::Object>() != nullptr;
    return Count();
  }

  bool Close() {
    Level level = std::move(open_.back());
    open_.pop_back();
    return Place(level.is_object ? Json(std::move(level.members)) : Json(std::move(level.items)));
  }

  const JsonLimits& limits_;
  const std::size_t& offset_;
  std::vector<Level> open_;
  Json root_;
  std::size_t values_ = 0;
  std::string reason_;
  std::size_t error_offset_ = 0;
};

// What nlohmann's lexer lets pass: it skips a byte order mark and takes a NUL for the end of the input.
Status CheckRawBytes(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Fail(ErrorCode::kMalformed, "json has more than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return Fail(ErrorCode::kMalformed, "json has a byte order mark at byte 0");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Fail(ErrorCode::kMalformed, "json has a NUL at byte " + std::to_string(nul));
  }
  return {};
}

}  // namespace

Expected<Json> ParseJson(ByteView bytes, const JsonLimits& limits) {
  const std::string_view text = AsText(bytes);
  SR_RETURN_IF_ERROR(CheckRawBytes(text, limits));
  std::size_t offset = 0;
  DocumentBuilder document(limits, offset);
  const CountingIterator begin(text.data(), &offset);
  const CountingIterator end(text.data() + text.size(), &offset);
  if (!nlohmann::json::sax_parse(begin, end, &document)) return std::unexpected(document.error());
  return document.Take();
}

}  // namespace strongroom::envelope
