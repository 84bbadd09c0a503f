#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "codecs/media_info.h"

namespace tokprep::mp4 {

/// What a metadata name of ISO base media or QuickTime gives away: "©xyz" is kGps, "com.apple.quicktime.make"
/// kDevice. Nothing for names that say nothing of people, places and devices, such as "©too" or "iTunSMPB".
std::optional<PrivateKind> kind_of_name(std::string_view name);

/// Collects the names in a udta box; `where` it stands does not matter. Damaged lists give what can be read.
void collect_user_data(std::string_view body, std::vector<PrivateTag>& tags);

/// Collects the names in a meta box, of iTunes' kind (ilst) and QuickTime's (keys).
void collect_meta(std::string_view body, std::vector<PrivateTag>& tags);

/// Collects what the sample description (stsd) of a timed-metadata track announces.
void collect_timed_metadata(std::string_view stsd_body, std::vector<PrivateTag>& tags);

/// Notes a uuid box that holds an XMP packet.
void collect_uuid(std::string_view body, std::vector<PrivateTag>& tags);

/// Adds a tag once; the list stays short whatever a file contains.
void add_tag(std::vector<PrivateTag>& tags, PrivateKind kind, std::string_view name);

}  // namespace tokprep::mp4
