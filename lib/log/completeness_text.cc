// The text of a completeness proof.
#include <algorithm>
#include <utility>

#include "log/c2sp_lines.h"
#include "strongroom/log/completeness.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kVersion = "strongroom.completeness.v1";

std::optional<Digest> ParseHexDigest(std::string_view text) {
  Digest digest{};
  const auto bytes = FromHex(text);
  if (!bytes || bytes->size() != digest.size() || Hex(*bytes) != text) return std::nullopt;
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

// Lines takes a text apart: each line is a word, a space and what the word says.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // What stands behind the word, if the next line begins with it.
  std::optional<std::string_view> Take(std::string_view word) {
    const auto line = Look();
    if (!line || !line->starts_with(word) || !line->substr(word.size()).starts_with(' ')) return std::nullopt;
    Accept(*line);
    return line->substr(word.size() + 1);
  }
  bool TakeExactly(std::string_view whole_line) {
    const auto line = Look();
    if (line != whole_line) return false;
    Accept(*line);
    return true;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  // About the line that was looked at last.
  [[nodiscard]] std::unexpected<Error> Bad(std::string_view why) const {
    return Fail(ErrorCode::kMalformed,
                "completeness proof, line " + std::to_string(looked_at_) + ": " + std::string(why));
  }

 private:
  std::optional<std::string_view> Look() {
    looked_at_ = accepted_ + 1;
    std::string_view rest = rest_;
    return TakeLine(rest);
  }
  void Accept(std::string_view line) {
    rest_.remove_prefix(line.size() + 1);
    ++accepted_;
  }

  std::string_view rest_;
  std::size_t accepted_ = 0;
  std::size_t looked_at_ = 0;
};

std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

Expected<Postings> ParseLeaf(const Lines& lines, std::string_view text) {
  const auto key = ParseHexDigest(TakeWord(text));
  const auto count = ParseDecimal(TakeWord(text));
  const auto chain = ParseBase64Digest(text);
  if (!key || !count || !chain) return lines.Bad("it is not 'leaf', a key, a count and a hash");
  return Postings{*key, *count, *chain};
}

Expected<PostingsProof::Step> ParseStep(const Lines& lines, std::string_view text) {
  const auto bit = ParseDecimal(TakeWord(text));
  const auto sibling = ParseBase64Digest(text);
  if (!bit || *bit > 255 || !sibling) return lines.Bad("it is not 'step', a bit and a hash");
  return PostingsProof::Step{static_cast<std::uint8_t>(*bit), *sibling};
}

Expected<std::optional<PostingsProof>> ParsePostings(Lines& lines) {
  const auto leaf = lines.Take("leaf");
  if (!leaf) return std::nullopt;
  PostingsProof proof;
  SR_ASSIGN_OR_RETURN(proof.leaf, ParseLeaf(lines, *leaf));
  while (const auto step = lines.Take("step")) {
    if (proof.path.size() == 8 * sizeof(Digest)) return lines.Bad("there are more steps than bits");
    SR_ASSIGN_OR_RETURN(proof.path.emplace_back(), ParseStep(lines, *step));
  }
  return proof;
}

Expected<std::vector<CompletenessProof::Entry>> ParseEntries(Lines& lines) {
  std::vector<CompletenessProof::Entry> entries;
  while (auto text = lines.Take("entry")) {
    const auto index = ParseDecimal(TakeWord(*text));
    if (!index || text->empty()) return lines.Bad("it is not 'entry', an index and the entry");
    if (!entries.empty() && *index <= entries.back().index) return lines.Bad("its index is out of order");
    if (text->size() > kMaxBundledEntry) return lines.Bad("its entry is too long");
    entries.push_back({*index, ToBytes(AsBytes(*text))});
  }
  return entries;
}

}  // namespace

std::string SerializeCompletenessProof(const CompletenessProof& proof) {
  std::string text =
      std::string(kVersion) + "\nkey " + Hex(proof.key) + "\nindexed " + std::to_string(proof.indexed) + "\n";
  if (proof.postings) {
    const Postings& leaf = proof.postings->leaf;
    text += "leaf " + Hex(leaf.key) + " " + std::to_string(leaf.count) + " " + Base64(leaf.chain) + "\n";
    for (const PostingsProof::Step& step : proof.postings->path) {
      text += "step " + std::to_string(step.bit) + " " + Base64(step.sibling) + "\n";
    }
  }
  for (const CompletenessProof::Entry& entry : proof.entries) {
    text += "entry " + std::to_string(entry.index) + " ";
    text += AsText(entry.bytes);
    text += "\n";
  }
  for (const Digest& hash : proof.hashes) text += "hash " + Base64(hash) + "\n";
  return text + "\n" + proof.checkpoint_note;
}

Expected<CompletenessProof> ParseCompletenessProof(std::string_view text) {
  if (text.size() > kMaxCompletenessProofSize) {
    return Fail(ErrorCode::kMalformed, "completeness proof is longer than 256 MiB");
  }
  Lines lines(text);
  CompletenessProof proof;
  if (!lines.TakeExactly(kVersion)) return lines.Bad("it is not " + std::string(kVersion));
  const auto key = ParseHexDigest(lines.Take("key").value_or(""));
  if (!key) return lines.Bad("it is not 'key' and 64 lower-case hexadecimal digits");
  const auto indexed = ParseDecimal(lines.Take("indexed").value_or(""));
  if (!indexed) return lines.Bad("it is not 'indexed' and a number");
  proof.key = *key;
  proof.indexed = *indexed;
  SR_ASSIGN_OR_RETURN(proof.postings, ParsePostings(lines));
  SR_ASSIGN_OR_RETURN(proof.entries, ParseEntries(lines));
  while (const auto hash = lines.Take("hash")) {
    const auto digest = ParseBase64Digest(*hash);
    if (!digest) return lines.Bad("it is not 'hash' and a hash");
    proof.hashes.push_back(*digest);
  }
  if (!lines.TakeExactly("")) return lines.Bad("it is none that may stand there");
  if (lines.rest().empty()) return lines.Bad("no checkpoint follows it");
  proof.checkpoint_note = lines.rest();
  return proof;
}

}  // namespace strongroom::log
