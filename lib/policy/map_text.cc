#include <algorithm>

#include "policy/map_legend.h"
#include "strongroom/policy/tile_layout.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kCompactCell = 3;  // "GB+": the sign parts it from the next
constexpr std::size_t kWideCell = 4;     // "GB+ "
constexpr std::size_t kCompactWidth = kTileColumns * kCompactCell;
constexpr std::size_t kWideWidth = kTileColumns * kWideCell;
constexpr std::size_t kLeastWidth = 40;

std::string_view ColorOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "\x1b[97;44m";
    case Outcome::kNeedsLicence:
      return "\x1b[30;43m";
    case Outcome::kUnknown:
      return "\x1b[30;47m";
    case Outcome::kDeny:
      return "\x1b[97;41m";
  }
  return "";
}

std::string Paint(std::string_view text, Outcome outcome, bool color) {
  return color ? std::string(ColorOf(outcome)) + std::string(text) + "\x1b[0m" : std::string(text);
}

class TextMap {
 public:
  TextMap(const WorldMap& map, const MapTextOptions& options)
      : map_(map),
        color_(options.color),
        width_(std::max(options.width, kLeastWidth)),
        legend_(Legend(map)) {}

  std::vector<std::string> Draw() && {
    AddWrapped(map_.question, "");
    for (const std::string& line : map_.about) AddWrapped(line, "");
    lines_.emplace_back();
    if (width_ >= kCompactWidth) AddGrid();
    AddLegend();
    if (width_ < kWideWidth) AddLists();
    lines_.emplace_back();
    AddWrapped(kFootnote, "");
    return std::move(lines_);
  }

 private:
  void AddWrapped(std::string_view text, const std::string& indent) {
    for (const std::string& line : Wrap(Displayable(text), width_ - indent.size()))
      lines_.push_back(indent + line);
  }

  [[nodiscard]] std::string Cell(std::string_view code, std::size_t width) const {
    const CountryAnswer* answer = FindAnswer(map_, code);
    if (answer == nullptr) return std::string(width, ' ');
    const char sign = legend_[static_cast<std::size_t>(answer->outcome)].sign;
    return Paint(std::string(code) + sign, answer->outcome, color_) + std::string(width - kCompactCell, ' ');
  }

  void AddGrid() {
    const std::size_t width = width_ >= kWideWidth ? kWideCell : kCompactCell;
    for (std::size_t row = 0; row < kTileRows; ++row) {
      std::string line;
      for (std::size_t column = 0; column < kTileColumns; ++column) line += Cell(CodeAt(column, row), width);
      line.resize(line.find_last_not_of(' ') + 1);
      lines_.push_back(std::move(line));
    }
    lines_.emplace_back();
  }

  void AddLegend() {
    for (const LegendEntry& entry : legend_) {
      lines_.push_back(Paint(std::string(" ") + entry.sign + " ", entry.outcome, color_) + " " +
                       std::string(entry.words) + ": " + std::to_string(entry.count));
    }
  }

  void AddLists() {
    for (const RuleShare& share : SharesByRule(map_)) {
      lines_.emplace_back();
      AddWrapped(std::string(Words(share.outcome)) + " by " + share.rule + ": " + share.reason, "");
      std::string countries;
      for (const place::Country& country : share.countries) {
        countries += (countries.empty() ? "" : ", ") + std::string(country.name()) + " (" +
                     std::string(country.code()) + ")";
      }
      AddWrapped(countries, "  ");
    }
  }

  const WorldMap& map_;
  const bool color_;
  const std::size_t width_;
  const std::vector<LegendEntry> legend_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> MapText(const WorldMap& map, const MapTextOptions& options) {
  return TextMap(map, options).Draw();
}

}  // namespace strongroom::policy
