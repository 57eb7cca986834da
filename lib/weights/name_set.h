// Names that must not repeat, held within a bound, however many a file claims.
#ifndef STRONGROOM_WEIGHTS_NAME_SET_H_
#define STRONGROOM_WEIGHTS_NAME_SET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

namespace strongroom::weights {

// What all sets that are open at once may take together.
class NameBudget {
 public:
  [[nodiscard]] bool Take(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void GiveBack(std::uint64_t bytes) { left_ += bytes; }

 private:
  std::uint64_t left_ = 224ULL << 20;  // bytes; two million names of ordinary length
};

class NameSet {
 public:
  // Why the name may not be added, or nothing once it is.
  std::string_view Insert(const std::string& name, NameBudget& budget) {
    const std::uint64_t cost = name.size() + kOverhead;
    if (!budget.Take(cost)) return "more names than a weight file can sensibly have";
    taken_ += cost;
    return names_.insert(name).second ? "" : "the name stands twice";
  }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  static constexpr std::uint64_t kOverhead = 80;  // of a hash table's node
  std::unordered_set<std::string> names_;
  std::uint64_t taken_ = 0;
};

}  // namespace strongroom::weights

#endif  // STRONGROOM_WEIGHTS_NAME_SET_H_
