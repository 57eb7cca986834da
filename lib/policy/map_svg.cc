#include <algorithm>

#include "policy/map_legend.h"
#include "strongroom/policy/tile_layout.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kWidth = 1200;
constexpr std::size_t kPitch = 46;  // from one tile to the next; a tile is 42 wide
constexpr std::size_t kMargin = (kWidth - kTileColumns * kPitch + (kPitch - 42)) / 2;
constexpr std::size_t kLegendColumn = 19;     // the layout's north-east corner is empty
constexpr std::size_t kTextCharacters = 145;  // of the small type, on one line from margin to margin
constexpr std::size_t kLegendCharacters = 34;

// Colours after Okabe and Ito, told apart by all common kinds of colour blindness; tests compute the contrast
// of each ink on both of its grounds. A tile is drawn once here and used for every country.
constexpr std::string_view kStyle = R"svg(<style>
text{font-family:Helvetica,Arial,"DejaVu Sans",sans-serif;fill:#1b1f24}
.paper{fill:#ffffff}
.quiet{fill:#57606a}
.headline{font-size:26px;font-weight:bold}
.about{font-size:14px}
.region{font-size:12px;letter-spacing:2px}
.strong{font-size:15px;font-weight:bold}
.code{font-size:17px;font-weight:bold;text-anchor:middle}
.mark{fill:none;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.edge{fill:none;stroke:#57606a;stroke-width:1.5;stroke-dasharray:4 3}
.permit-ground{fill:#0072b2}
.permit-ink{fill:#ffffff}
.permit-mark{stroke:#ffffff}
.needs_licence-ground{fill:#f0b429}
.needs_licence-line{stroke:#f7c65c}
.needs_licence-ink{fill:#1b1f24}
.needs_licence-mark{stroke:#1b1f24}
.unknown-ground{fill:#eceff2}
.unknown-line{stroke:#c3cad1}
.unknown-ink{fill:#1b1f24}
.unknown-mark{stroke:#1b1f24}
.deny-ground{fill:#b34700}
.deny-line{stroke:#823400}
.deny-ink{fill:#ffffff}
.deny-mark{stroke:#ffffff}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.paper{fill:#14181d}
.quiet{fill:#a3adb8}
.edge{stroke:#a3adb8}
.unknown-ground{fill:#343b44}
.unknown-line{stroke:#505a66}
.unknown-ink{fill:#ffffff}
.unknown-mark{stroke:#ffffff}
}
@media print{svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
</style>
)svg";

constexpr std::string_view kTileDefinitions = R"svg(<defs>
<pattern id="stripes" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M2 0v9" class="needs_licence-line" stroke-width="4"/></pattern>
<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse">
<path d="M3.5 3.5h.01" class="unknown-line" stroke-width="2.6" stroke-linecap="round"/></pattern>
<pattern id="lattice" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 4h8M4 0v8" class="deny-line" stroke-width="1.4"/></pattern>
<g id="permit"><rect width="42" height="42" rx="11" class="permit-ground"/>
<path d="M14.5 32l4.5 4 8.5-8.5" class="mark permit-mark"/></g>
<g id="needs_licence"><rect width="42" height="42" rx="3" class="needs_licence-ground"/>
<rect width="42" height="42" rx="3" fill="url(#stripes)"/>
<path d="M21 27.5l5 9h-10z" class="mark needs_licence-mark"/></g>
<g id="unknown"><rect width="42" height="42" rx="3" class="unknown-ground"/>
<rect width="42" height="42" rx="3" fill="url(#dots)"/>
<rect x=".75" y=".75" width="40.5" height="40.5" rx="3" class="edge"/>
<path d="M18 29.5a3 2.8 0 1 1 4.2 2.4q-1.2.6-1.2 2M21 37.2v.1" class="mark unknown-mark"/></g>
<g id="deny"><rect width="42" height="42" rx="3" class="deny-ground"/>
<rect width="42" height="42" rx="3" fill="url(#lattice)"/>
<path d="M17 28l8 8M25 28l-8 8" class="mark deny-mark"/></g>
</defs>
)svg";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Displayable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&apos;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Summary(const WorldMap& map) {
  std::string summary;
  for (const LegendEntry& entry : Legend(map))
    summary += (summary.empty() ? "" : ", ") + std::string(entry.words) + ": " + std::to_string(entry.count);
  for (const std::string& line : map.about) summary += ". " + line;
  return summary;
}

// Draws from top to bottom; each part leaves the cursor beneath itself.
class SvgMap {
 public:
  explicit SvgMap(const WorldMap& map) : map_(map) {}

  std::string Draw() && {
    Header();
    Tiles();
    Rules();
    y_ += 12;
    Text("about quiet", kMargin, kFootnote);
    return Opening() + std::string(kStyle) + std::string(kTileDefinitions) +
           "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n" + body_ + "</svg>\n";
  }

 private:
  // The height is known once all the rest is drawn.
  [[nodiscard]] std::string Opening() const {
    const std::string height = std::to_string(y_ + 24);
    const std::string question = Escaped(map_.question);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
           "viewBox=\"0 0 " +
           std::to_string(kWidth) + " " + height + "\" width=\"" + std::to_string(kWidth) + "\" height=\"" +
           height + "\" role=\"img\" aria-label=\"" + question + "\">\n<title>" + question +
           "</title>\n<desc>" + Escaped(Summary(map_)) + "</desc>\n";
  }

  void Text(std::string_view style, std::size_t x, std::string_view text) {
    body_ += "<text class=\"" + std::string(style) + "\" x=\"" + std::to_string(x) + "\" y=\"" +
             std::to_string(y_) + "\">" + Escaped(text) + "</text>\n";
  }

  void Paragraph(std::string_view style, std::size_t x, std::string_view text, std::size_t characters,
                 std::size_t line_height) {
    for (const std::string& line : Wrap(Displayable(text), characters)) {
      Text(style, x, line);
      y_ += line_height;
    }
  }

  void Header() {
    y_ = 54;
    Paragraph("headline", kMargin, map_.question, kTextCharacters / 2, 32);
    y_ -= 4;
    for (const std::string& line : map_.about) Paragraph("about quiet", kMargin, line, kTextCharacters, 20);
    y_ += 14;
  }

  // One tile with its label; `about` is what a pointer over it shows, escaped.
  void Tile(std::size_t x, std::size_t y, Outcome outcome, std::string_view label, const std::string& about) {
    const std::string name(Name(outcome));
    body_ += "<g transform=\"translate(" + std::to_string(x) + " " + std::to_string(y) + ")\">";
    if (!about.empty()) body_ += "<title>" + about + "</title>";
    body_ += "<use href=\"#" + name + "\"/>";
    if (!label.empty())
      body_ += "<text class=\"code " + name + "-ink\" x=\"21\" y=\"21\">" + std::string(label) + "</text>";
    body_ += "</g>\n";
  }

  void Tiles() {
    const std::size_t top = y_;
    LegendBeside();
    for (std::size_t row = 0; row < kTileRows; ++row) {
      for (std::size_t column = 0; column < kTileColumns; ++column) {
        const std::string_view code = CodeAt(column, row);
        if (const CountryAnswer* answer = FindAnswer(map_, code)) {
          Tile(kMargin + column * kPitch, top + row * kPitch, answer->outcome, code, Tooltip(*answer));
        }
      }
    }
    Regions(top);
    y_ = top + kTileRows * kPitch;
  }

  static std::string Tooltip(const CountryAnswer& answer) {
    return Escaped(std::string(answer.country.name()) + " (" + std::string(answer.country.code()) +
                   "): " + std::string(Words(answer.outcome)) + ", by " + answer.rule + ": " + answer.reason);
  }

  void LegendBeside() {
    const std::size_t x = kMargin + kLegendColumn * kPitch;
    for (const LegendEntry& entry : Legend(map_)) {
      Tile(x, y_, entry.outcome, "", "");
      y_ += 27;
      Text("strong", x + 56, std::string(entry.words) + ": " + std::to_string(entry.count));
      y_ += kPitch - 27;
    }
    y_ += 18;
    Paragraph("about quiet", x,
              "One tile a country or territory, by its code of ISO 3166-1, about where it lies.",
              kLegendCharacters, 18);
  }

  void Regions(std::size_t top) {
    for (const RegionName& region : RegionNames()) {
      y_ = top + region.row * kPitch + 26;
      Text("region quiet", kMargin + region.column * kPitch + 6, region.name);
    }
  }

  void Rules() {
    constexpr std::size_t kIndent = 32;  // beside a tile of half the size
    y_ += 20;
    for (const RuleShare& share : SharesByRule(map_)) {
      body_ += "<use href=\"#" + std::string(Name(share.outcome)) + "\" transform=\"translate(" +
               std::to_string(kMargin) + " " + std::to_string(y_) + ") scale(.5)\"/>\n";
      y_ += 16;
      Text("strong", kMargin + kIndent,
           std::string(Words(share.outcome)) + " in " + std::to_string(share.countries.size()) + ": " +
               share.rule);
      y_ += 20;
      Paragraph("about quiet", kMargin + kIndent, share.reason, kTextCharacters, 19);
      y_ += 4;
    }
  }

  const WorldMap& map_;
  std::string body_;
  std::size_t y_ = 0;
};

}  // namespace

std::string MapSvg(const WorldMap& map) {
  return SvgMap(map).Draw();
}

}  // namespace strongroom::policy
