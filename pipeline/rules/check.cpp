#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "pipeline/rules/check_parts.h"
#include "pipeline/rules/rules.h"

namespace tokprep {
namespace {

void check_private_metadata(const MediaInfo& info, Judge& judge) {
  if (info.private_metadata.empty()) return;
  std::set<std::string> kinds;
  for (const PrivateTag& tag : info.private_metadata) kinds.emplace(name_of(tag.kind));
  judge.broken("metadata.private", fmt::format("{}", fmt::join(kinds, ", ")),
               fmt::format("the file carries private metadata ({}) in {} place{}", fmt::join(kinds, ", "),
                           info.private_metadata.size(), info.private_metadata.size() == 1 ? "" : "s"),
               {true, "removed; --keep-metadata keeps it"});
}

}  // namespace

std::vector<Finding> check(const MediaInfo& info, const Rules& rules, AssetRole role) {
  Judge judge(rules);
  if (role == AssetRole::kCover) check_cover_file(info, judge);
  else if (info.kind == MediaKind::kVideo) check_video_file(info, judge);
  else check_image_file(info, judge);
  check_private_metadata(info, judge);
  return judge.take();
}

}  // namespace tokprep
