// A strict JSON (RFC 8259) reader that pulls one value at a time from a file, so that a header of any size
// takes little memory. Refuses duplicate names in any object, invalid UTF-8, lone surrogates, numbers that a
// double cannot hold and nesting deeper than 127; keeps integers exact; says in every error at which byte of
// the file it stopped.
#ifndef STRONGROOM_WEIGHTS_JSON_READER_H_
#define STRONGROOM_WEIGHTS_JSON_READER_H_

#include <string>
#include <vector>

#include "weights/file_window.h"
#include "weights/name_set.h"

namespace strongroom::weights {

class JsonReader {
 public:
  explicit JsonReader(FileWindow& in) : in_(in) {}

  // An object is read as BeginObject, then a value after each NextMember that is true, until one is false. An
  // array likewise.
  Status BeginObject();
  Expected<bool> NextMember(std::string& name);
  Status BeginArray();
  Expected<bool> NextElement();

  Expected<std::string> String();
  Expected<std::uint64_t> Unsigned();  // an integer from 0 to 2^64 - 1, written without fraction and exponent
  Expected<bool> Null();               // true, and moves over it, if null comes next
  Status SkipValue();                  // any value, checked as strictly as the others
  Status End();                        // nothing but white space may be left

 private:
  struct Level {
    bool object = false;
    bool first = true;
    NameSet names;
  };

  Expected<int> PeekToken();  // the next byte after white space, or -1
  Status Expect(char wanted, std::string_view why);
  Status Open(bool object);
  Expected<bool> NextItem(char close);
  Expected<std::string> Number();
  Status Digits(std::string& text);
  Status Escape(std::string& text);
  Expected<std::uint32_t> CodeUnit();
  Status Literal(std::string_view word);
  Status SkipScalar(int first);

  FileWindow& in_;
  std::vector<Level> levels_;
  NameBudget budget_;
};

}  // namespace strongroom::weights

#endif  // STRONGROOM_WEIGHTS_JSON_READER_H_
