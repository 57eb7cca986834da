// The Consolidated Screening List of the United States government, as its publisher gives it out: one JSON
// document of all parties on the lists of Commerce, State and the Treasury. No list comes with the program.
#ifndef STRONGROOM_POLICY_SCREENING_LIST_H_
#define STRONGROOM_POLICY_SCREENING_LIST_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::policy {

struct ListedAddress {
  std::string street, city, state, postal_code;
  std::string country;  // as the list has it, ISO 3166-1 alpha-2 as a rule
};

// ScreeningEntry is one party. Texts are the list's own, empty where it says nothing.
struct ScreeningEntry {
  std::string list;  // the short name of the list it is on: "EL", "DPL", "SDN", ...
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  std::vector<ListedAddress> addresses;
  std::string notice;  // the Federal Register's
  std::string start_date, end_date;
  std::string license_requirement, license_policy;
  std::string url;  // where the list itself is published
};

class ScreeningIndex;

// ScreeningList is one download of the list. Immutable, cheap to copy, safe to share among threads.
class ScreeningList {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

  // Parse reads the bulk download {total, sources_used, search_performed_at, results}, or an answer of the
  // publisher's search service, which has the same shape. `downloaded` is the time that whoever fetched it
  // states.
  //
  // The published schema is open, so members that are not asked for are ignored, and null is the publisher's
  // word for nothing. `total`, `results` and each entry's `source` and `name` must be there. kMalformed, with
  // the byte offset for what is not strict JSON (a fraction is not) and the path for a member that is
  // missing, of another type or too long; kUnsupported for an entry of a list that this program does not
  // know, because no pack could ask about it.
  static Expected<ScreeningList> Parse(ByteView json, Timestamp downloaded);

  // A snapshot is a list with the time of its download, in one file: a line of canonical JSON
  // {"downloaded","format","sha256","type"}, then the bytes of the list. ParseSnapshot: kAltered if they have
  // another digest, kUnsupported for a newer format.
  static Bytes Snapshot(ByteView json, Timestamp downloaded);
  static Expected<ScreeningList> ParseSnapshot(ByteView snapshot);

  [[nodiscard]] const std::vector<ScreeningEntry>& entries() const;
  [[nodiscard]] const Digest& digest() const { return digest_; }  // SHA-256 of the JSON's bytes
  [[nodiscard]] Timestamp downloaded() const { return downloaded_; }
  // As of when it tells: the time of its download, or the earlier one at which the publisher says that it was
  // made.
  [[nodiscard]] Timestamp date() const { return date_; }
  // Whether it holds every entry that the publisher counted, and is no answer to a search. One that is not
  // whole can put a party on a list, but clears nobody.
  [[nodiscard]] bool whole() const { return whole_; }
  // How many entries each list has; the lists that the publisher consolidates are all there, also with none.
  [[nodiscard]] std::map<std::string, std::size_t, std::less<>> CountByList() const;

  [[nodiscard]] const ScreeningIndex& index() const { return *index_; }  // for Screen

 private:
  ScreeningList() = default;

  std::shared_ptr<const ScreeningIndex> index_;
  Digest digest_{};
  Timestamp downloaded_, date_;
  bool whole_ = false;
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SCREENING_LIST_H_
