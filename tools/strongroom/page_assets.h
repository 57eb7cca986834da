// The files of the page in page/, compiled in.
#ifndef STRONGROOM_PAGE_ASSETS_H_
#define STRONGROOM_PAGE_ASSETS_H_

#include <span>
#include <string_view>

#include "strongroom/base/bytes.h"

namespace strongroom::cli {

struct PageAsset {
  std::string_view path;  // "/page.css"; that of index.html is "/"
  std::string_view content_type;
  ByteView bytes;
};

std::span<const PageAsset> PageAssets();  // static storage

}  // namespace strongroom::cli

#endif  // STRONGROOM_PAGE_ASSETS_H_
