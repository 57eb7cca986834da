// Text from outside, made fit for a terminal: what drives it becomes visible, and widths are those on the
// screen.
#ifndef STRONGROOM_PRINTABLE_H_
#define STRONGROOM_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace strongroom::cli {

// Printable turns what a terminal or a reader could be misled by into visible text: control characters and
// bytes that are not UTF-8 into \xNN; other controls, format characters such as those that turn the direction
// of text, and separators of lines and paragraphs (Unicode's categories Cc, Cf, Zl and Zp) into \uXXXX, or
// \u{XXXXX} above U+FFFF.
std::string Printable(std::string_view text);

// Printable, cut so that it takes `width` columns at most, of which the last three are "..." where anything
// was cut off. Nothing is cut within a character as a reader sees it, with its accents, nor within an escape.
std::string PrintableWithin(std::string_view text, std::size_t width);

// The columns of a terminal that UTF-8 takes: two for wide characters, none for accents that join another.
std::size_t DisplayWidth(std::string_view text);

}  // namespace strongroom::cli

#endif  // STRONGROOM_PRINTABLE_H_
