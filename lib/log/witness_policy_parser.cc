// Reads a policy file line by line. Names resolve backwards, so that groups cannot be circular.
#include <algorithm>
#include <set>

#include "log/c2sp_lines.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kMaxPolicySize = 1 << 20;
constexpr std::size_t kMaxOfEachKind = 256;
constexpr std::string_view kNone = "none";
constexpr std::string_view kOidPrefix = "oid/";

using Words = std::vector<std::string_view>;

bool IsAllowed(char c) {
  return c == '\t' || c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

Words SplitIntoWords(std::string_view line) {
  Words words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(words.back().size());
  }
}

// A key's name is like a URL without its scheme, so that its host says who operates it; but an OID has none.
std::string OperatorByName(const std::string& key_name) {
  return key_name.starts_with(kOidPrefix) ? key_name : key_name.substr(0, key_name.find('/'));
}

}  // namespace

class WitnessPolicyParser {
 public:
  Expected<WitnessPolicy> Parse(std::string_view text) {
    if (text.size() > kMaxPolicySize) return Fail(ErrorCode::kMalformed, "witness policy is too long");
    if (!text.empty() && !text.ends_with('\n')) {
      return Fail(ErrorCode::kMalformed, "witness policy does not end in a newline");
    }
    while (const auto line = TakeLine(text)) {
      ++line_;
      SR_RETURN_IF_ERROR(TakePolicyLine(*line));
    }
    if (!has_quorum_) return Fail(ErrorCode::kMalformed, "witness policy has no quorum line");
    SR_RETURN_IF_ERROR(CheckOperators());
    SR_RETURN_IF_ERROR(CheckThresholds());
    return std::move(policy_);
  }

 private:
  using Member = WitnessPolicy::Member;
  using Group = WitnessPolicy::Group;
  struct Name {
    std::string_view text;
    Member member;
    bool used = false;  // as a group's member
  };

  [[nodiscard]] std::unexpected<Error> BadLine(std::size_t line, const std::string& why) const {
    return Fail(ErrorCode::kMalformed, "witness policy, line " + std::to_string(line) + ": " + why);
  }
  [[nodiscard]] std::unexpected<Error> BadLine(const std::string& why) const { return BadLine(line_, why); }
  [[nodiscard]] Error InLine(Error error) const {
    return std::move(error).With("witness policy, line " + std::to_string(line_));
  }

  Status TakePolicyLine(std::string_view line) {
    if (!std::ranges::all_of(line, IsAllowed)) return BadLine("it holds a control character");
    const Words words = SplitIntoWords(line);
    if (words.empty() || words[0].starts_with('#')) return {};
    if (words[0] == "log") return TakeLog(words);
    if (words[0] == "witness") return TakeWitness(words);
    if (words[0] == "operator") return TakeOperator(words);
    if (words[0] == "group") return TakeGroup(words);
    if (words[0] == "quorum") return TakeQuorum(words);
    return BadLine("'" + std::string(words[0]) + "' is not a kind of line");
  }

  Status TakeLog(const Words& words) {
    if (words.size() < 2 || words.size() > 3) return BadLine("a log line reads 'log VKEY [URL]'");
    if (policy_.logs_.size() == kMaxOfEachKind) return BadLine("there are too many logs");
    auto key = envelope::ParseNoteKey(words[1]);
    if (!key) return std::unexpected(InLine(std::move(key.error())));
    SR_RETURN_IF_ERROR(TakeKey(key->key));
    policy_.logs_.push_back({std::move(*key), std::string(words.size() == 3 ? words[2] : "")});
    return {};
  }

  Status TakeWitness(const Words& words) {
    if (words.size() < 3 || words.size() > 4) {
      return BadLine("a witness line reads 'witness NAME VKEY [URL]'");
    }
    if (policy_.witnesses_.size() == kMaxOfEachKind) return BadLine("there are too many witnesses");
    SR_RETURN_IF_ERROR(Define(words[1], {false, policy_.witnesses_.size()}));
    auto key = ParseCosignerKey(words[2]);
    if (!key) return std::unexpected(InLine(std::move(key.error())));
    SR_RETURN_IF_ERROR(TakeKey(key->key));
    std::string by_name = OperatorByName(key->name);
    policy_.witnesses_.push_back({std::string(words[1]), std::move(*key),
                                  std::string(words.size() == 4 ? words[3] : ""), std::move(by_name)});
    return {};
  }

  Status TakeOperator(const Words& words) {
    if (words.size() < 3) return BadLine("an operator line reads 'operator NAME WITNESS...'");
    for (const std::string_view word : std::span(words).subspan(2)) {
      const Name* name = Find(word);
      if (name == nullptr || name->member.is_group) {
        return BadLine("'" + std::string(word) + "' is not a witness defined above");
      }
      if (!operated_.insert(name->member.index).second) {
        return BadLine("'" + std::string(word) + "' has an operator already");
      }
      policy_.witnesses_[name->member.index].operator_name = words[1];
    }
    return {};
  }

  Status TakeGroup(const Words& words) {
    if (words.size() < 4) return BadLine("a group line reads 'group NAME K|any|all MEMBER...'");
    if (policy_.groups_.size() == kMaxOfEachKind) return BadLine("there are too many groups");
    Group group{std::string(words[1]), 0, {}};
    for (const std::string_view word : std::span(words).subspan(3)) {
      Name* name = Find(word);
      if (name == nullptr) return BadLine("'" + std::string(word) + "' is not defined above");
      if (name->used) return BadLine("'" + std::string(word) + "' is a group's member already");
      name->used = true;
      group.members.push_back(name->member);
    }
    const auto threshold = Threshold(words[2], group.members.size());
    if (!threshold) return BadLine("a group's threshold is 'any', 'all' or a number from 1 to its members");
    group.threshold = *threshold;
    SR_RETURN_IF_ERROR(Define(words[1], {true, policy_.groups_.size()}));
    policy_.groups_.push_back(std::move(group));
    group_lines_.push_back(line_);
    return {};
  }

  static std::optional<std::uint64_t> Threshold(std::string_view word, std::uint64_t members) {
    if (word == "any") return 1;
    if (word == "all") return members;
    const auto number = ParseDecimal(word);
    return number && *number >= 1 && *number <= members ? number : std::nullopt;
  }

  Status TakeQuorum(const Words& words) {
    if (words.size() != 2) return BadLine("a quorum line reads 'quorum NAME' or 'quorum none'");
    if (has_quorum_) return BadLine("there are two quorum lines");
    has_quorum_ = true;
    if (words[1] == kNone) return {};
    const Name* name = Find(words[1]);
    if (name == nullptr) return BadLine("'" + std::string(words[1]) + "' is not defined above");
    policy_.quorum_ = name->member;
    return {};
  }

  // Keys are compared without their names: under two names one key would count twice.
  Status TakeKey(const crypto::Ed25519PublicKey& key) {
    if (!keys_.insert(key).second) return BadLine("this key is in the file already");
    return {};
  }

  Status Define(std::string_view text, Member member) {
    if (text == kNone) return BadLine("'none' can name neither a witness nor a group");
    if (Find(text) != nullptr) return BadLine("'" + std::string(text) + "' is defined already");
    names_.push_back({text, member});
    return {};
  }

  Name* Find(std::string_view text) {
    const auto found = std::ranges::find(names_, text, &Name::text);
    return found == names_.end() ? nullptr : &*found;
  }

  // An operator whose witnesses were in two groups could fill a place in each.
  Status CheckOperators() const {
    std::vector<std::pair<std::string_view, std::size_t>> placed;  // operator, group
    for (std::size_t i = 0; i < policy_.groups_.size(); ++i) {
      for (const Member& member : policy_.groups_[i].members) {
        if (member.is_group) continue;
        const std::string_view name = policy_.witnesses_[member.index].operator_name;
        const auto other = std::ranges::find(placed, name, [](const auto& place) { return place.first; });
        if (other != placed.end() && other->second != i) {
          return BadLine(group_lines_[i], "operator '" + std::string(name) + "' has witnesses in group '" +
                                              policy_.groups_[other->second].name + "' already");
        }
        placed.emplace_back(name, i);
      }
    }
    return {};
  }

  Status CheckThresholds() const {
    const std::vector<bool> every_witness(policy_.witnesses_.size(), true);
    const std::vector<bool> every_group(policy_.groups_.size(), true);
    for (std::size_t i = 0; i < policy_.groups_.size(); ++i) {
      const Group& group = policy_.groups_[i];
      const std::uint64_t countable = policy_.Count(group, every_witness, every_group);
      if (group.threshold > countable) {
        return BadLine(group_lines_[i], "group '" + group.name + "' needs " +
                                            std::to_string(group.threshold) +
                                            " members, and of its own only " + std::to_string(countable) +
                                            " count: an operator counts once");
      }
    }
    return {};
  }

  WitnessPolicy policy_;
  std::size_t line_ = 0;
  bool has_quorum_ = false;
  std::vector<Name> names_;
  std::vector<std::size_t> group_lines_;
  std::set<crypto::Ed25519PublicKey> keys_;
  std::set<std::size_t> operated_;  // witnesses with an operator line
};

Expected<WitnessPolicy> WitnessPolicy::Parse(std::string_view text) {
  return WitnessPolicyParser().Parse(text);
}

}  // namespace strongroom::log
