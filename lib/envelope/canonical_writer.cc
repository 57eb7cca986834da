#include "envelope/json_text.h"
#include "strongroom/envelope/canonical_json.h"

namespace strongroom::envelope {

// A value ends with none of these characters: a string ends with its quote.
void CanonicalWriter::Separate() {
  if (!document_.empty() && std::string_view("{[:").find(document_.back()) == std::string_view::npos) {
    document_ += ',';
  }
}

CanonicalWriter& CanonicalWriter::Open(char bracket) {
  Separate();
  document_ += bracket;
  return *this;
}

CanonicalWriter& CanonicalWriter::Close(char bracket) {
  document_ += bracket;
  return *this;
}

CanonicalWriter& CanonicalWriter::Member(std::string_view name) {
  Separate();
  AppendJsonString(name, document_);
  document_ += ':';
  return *this;
}

void CanonicalWriter::Hexadecimal(const strongroom::Digest& digest) {
  Separate();
  document_ += '"';
  document_ += Hex(digest);
  document_ += '"';
}

CanonicalWriter& CanonicalWriter::Enter() {
  return Open('{');
}
CanonicalWriter& CanonicalWriter::Enter(std::string_view name) {
  return Member(name).Open('{');
}
CanonicalWriter& CanonicalWriter::Leave() {
  return Close('}');
}
CanonicalWriter& CanonicalWriter::EnterList(std::string_view name) {
  return Member(name).Open('[');
}
CanonicalWriter& CanonicalWriter::LeaveList() {
  return Close(']');
}

CanonicalWriter& CanonicalWriter::String(std::string_view name, std::string_view value) {
  Member(name);
  AppendJsonString(value, document_);
  return *this;
}

CanonicalWriter& CanonicalWriter::Digest(std::string_view name, const strongroom::Digest& value) {
  Member(name).Hexadecimal(value);
  return *this;
}

CanonicalWriter& CanonicalWriter::Time(std::string_view name, Timestamp value) {
  return String(name, ToRfc3339(value));
}

CanonicalWriter& CanonicalWriter::Integer(std::string_view name, std::uint64_t value) {
  Member(name);
  document_ += std::to_string(value);
  return *this;
}

CanonicalWriter& CanonicalWriter::Strings(std::string_view name, const std::vector<std::string>& values) {
  EnterList(name);
  for (const std::string& value : values) {
    Separate();
    AppendJsonString(value, document_);
  }
  return LeaveList();
}

CanonicalWriter& CanonicalWriter::Digests(std::string_view name,
                                          const std::vector<strongroom::Digest>& values) {
  EnterList(name);
  for (const strongroom::Digest& value : values) Hexadecimal(value);
  return LeaveList();
}

}  // namespace strongroom::envelope
