#include <string_view>
#include <vector>

#include "strongroom/bundle/catalogue.h"

namespace strongroom::bundle {
namespace {

constexpr std::size_t kMaxPath = 4096;

std::vector<std::string_view> Parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool IsModelPath(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath || path.contains('\0')) return false;
  for (const std::string_view part : Parts(path)) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

bool IsModelLink(std::string_view path, std::string_view target) {
  if (target.empty() || target.size() > kMaxPath || target.starts_with('/') || target.contains('\0'))
    return false;
  std::size_t above = Parts(path).size() - 1;  // how many folders of the model are above the link
  bool named = false;
  for (const std::string_view part : Parts(target)) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      named = true;
    } else if (named || above-- == 0) {
      return false;
    }
  }
  return true;
}

}  // namespace strongroom::bundle
