#include "policy/csv.h"

#include "policy/toml_reader.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxDocument = 4 << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // as spreadsheets write it

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }

  Expected<CsvRecord> Record() {
    CsvRecord record;
    for (;;) {
      CsvField field{.text = {}, .line = line_, .column = Column()};
      if (Peek() == '"') {
        SR_RETURN_IF_ERROR(Quoted(field.text));
      } else {
        SR_RETURN_IF_ERROR(Plain(field.text));
      }
      record.push_back(std::move(field));
      if (Accept(',')) continue;
      if (AtEnd() || EndOfLine()) return record;
      return Refuse("text after a closing quote");
    }
  }

 private:
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  [[nodiscard]] std::uint32_t Column() const { return static_cast<std::uint32_t>(at_ - line_start_ + 1); }

  [[nodiscard]] std::unexpected<Error> Refuse(std::string_view why) const {
    return std::unexpected(MalformedAt({line_, Column()}, why));
  }

  bool Accept(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    if (c == '\n') {
      ++line_;
      line_start_ = at_;
    }
    return true;
  }

  bool EndOfLine() {
    if (text_.substr(at_, 2) == "\r\n") ++at_;
    return Accept('\n');
  }

  Status Plain(std::string& out) {
    while (!AtEnd() && text_[at_] != ',' && text_[at_] != '\n' && text_.substr(at_, 2) != "\r\n") {
      if (text_[at_] == '"' || text_[at_] == '\r')
        return Refuse("a quote or carriage return inside a field without quotes");
      out += text_[at_++];
    }
    return {};
  }

  Status Quoted(std::string& out) {
    const std::uint32_t line = line_;
    const std::uint32_t column = Column();
    Accept('"');
    while (!AtEnd()) {
      if (Accept('"')) {
        if (!Accept('"')) return {};
        out += '"';
        continue;
      }
      out += text_[at_];
      Accept(text_[at_]);
    }
    return std::unexpected(MalformedAt({line, column}, "a quote that is never closed"));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

Expected<std::vector<CsvRecord>> ParseCsv(ByteView document) {
  if (document.size() > kMaxDocument) return Fail(ErrorCode::kMalformed, "the table is longer than 4 MiB");
  if (!IsUtf8(AsText(document))) return Fail(ErrorCode::kMalformed, "the table is not UTF-8");
  std::vector<CsvRecord> records;
  std::string_view text = AsText(document);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvReader reader(text);
  while (!reader.AtEnd()) {
    SR_ASSIGN_OR_RETURN(CsvRecord record, reader.Record());
    const bool is_blank = record.size() == 1 && record[0].text.empty();
    if (is_blank && reader.AtEnd() && !records.empty()) break;
    const std::size_t width = records.empty() ? record.size() : records.front().size();
    if (record.size() != width) {
      return std::unexpected(
          MalformedAt({record[0].line, 1}, "the record has " + std::to_string(record.size()) +
                                               " fields, the header has " + std::to_string(width)));
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace strongroom::policy
