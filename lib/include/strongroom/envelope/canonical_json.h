// Canonical JSON read and written in one pass, with no tree of values in between: for documents of a fixed
// shape that are read by the million. In canonical form members stand in the order of the bytes of their
// names, so both ask for them in that order. The documents are those of json.h, no more and no fewer.
#ifndef STRONGROOM_ENVELOPE_CANONICAL_JSON_H_
#define STRONGROOM_ENVELOPE_CANONICAL_JSON_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/json.h"

namespace strongroom::envelope {

// CanonicalReader takes a document's members one after another. Each function takes the next one, which must
// have the name that is asked for. Errors are kMalformed: what ParseCanonicalJson says of the document, or
// else what is wrong with the member, named by its path as ObjectReader does; after one the reader is of no
// more use. Borrows the document and the names. Not thread-safe.
class CanonicalReader {
 public:
  // `what` names the document in messages, as in "manifest".
  CanonicalReader(ByteView document, std::string_view what, const JsonLimits& limits);

  // Enter goes into an object, Leave out of it: an error if a member was not taken.
  Status Enter();                       // the document, or an item of a list
  Status Enter(std::string_view name);  // a member
  Status Leave();
  Status Finish() const;  // nothing may stand after the document

  // Whether the next member has this name: how optional ones are read.
  [[nodiscard]] bool Has(std::string_view name) const;

  Expected<std::string_view> Text(std::string_view name,
                                  std::size_t max_size);  // borrowed until the next call
  Expected<std::string> String(std::string_view name, std::size_t max_size);
  Status Constant(std::string_view name, std::string_view expected);
  Expected<strongroom::Digest> Digest(std::string_view name);
  Expected<Timestamp> Time(std::string_view name);
  template <std::unsigned_integral T>
  Expected<T> Integer(std::string_view name);
  Expected<std::vector<std::string>> Strings(std::string_view name, std::size_t max_items,
                                             std::size_t max_size);
  Expected<std::vector<strongroom::Digest>> Digests(std::string_view name, std::size_t max_items);

  // A list of objects: EnterList, and while NextItem is true, Enter and Leave. Its false ends the list.
  Status EnterList(std::string_view name, std::size_t max_items);
  Expected<bool> NextItem();

  // The error of the member or item taken last, where its value is not acceptable.
  [[nodiscard]] std::unexpected<Error> Refuse(std::string_view why) const;

 private:
  // What was entered and not left: an object or a list.
  struct Level {
    bool is_list = false;
    std::size_t max_items = 0;  // of a list
    std::size_t taken = 0;      // members or items so far
    std::string_view member;    // the one taken last
  };

  [[nodiscard]] std::string Path(std::size_t levels) const;
  [[nodiscard]] std::unexpected<Error> Wrong(std::string message) const;
  [[nodiscard]] std::unexpected<Error> WrongMember(std::string_view wanted);
  Status Open(char bracket, std::size_t max_items);
  Status Take(std::string_view name);
  Expected<std::string_view> TakeText(std::size_t max_size);
  Expected<strongroom::Digest> TakeDigest();
  Expected<std::uint64_t> Unsigned(std::string_view name, std::uint64_t max);

  std::string_view document_;
  std::string_view rest_;  // of the document
  std::string_view what_;
  JsonLimits limits_;
  std::size_t values_ = 1;  // the document is one
  std::vector<Level> levels_;
  std::string text_;  // what Text lends where it differs from what the document holds
};

template <std::unsigned_integral T>
Expected<T> CanonicalReader::Integer(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::uint64_t value, Unsigned(name, std::numeric_limits<T>::max()));
  return static_cast<T>(value);
}

// CanonicalWriter writes what CanonicalReader's functions of the same names read. To name members in their
// order is the caller's duty. Bytes of a string that are not UTF-8 become U+FFFD. Not thread-safe.
class CanonicalWriter {
 public:
  CanonicalWriter() { document_.reserve(512); }

  CanonicalWriter& Enter();                       // the document, or an item of a list
  CanonicalWriter& Enter(std::string_view name);  // a member
  CanonicalWriter& Leave();
  CanonicalWriter& EnterList(std::string_view name);
  CanonicalWriter& LeaveList();

  CanonicalWriter& String(std::string_view name, std::string_view value);
  CanonicalWriter& Digest(std::string_view name, const strongroom::Digest& value);
  CanonicalWriter& Time(std::string_view name, Timestamp value);
  CanonicalWriter& Integer(std::string_view name, std::uint64_t value);
  CanonicalWriter& Strings(std::string_view name, const std::vector<std::string>& values);
  CanonicalWriter& Digests(std::string_view name, const std::vector<strongroom::Digest>& values);

  // Hands out the document and leaves the writer empty.
  [[nodiscard]] std::string Take() { return std::exchange(document_, {}); }

 private:
  void Separate();
  CanonicalWriter& Open(char bracket);
  CanonicalWriter& Close(char bracket);
  CanonicalWriter& Member(std::string_view name);
  void Hexadecimal(const strongroom::Digest& digest);

  std::string document_;
};

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_CANONICAL_JSON_H_
