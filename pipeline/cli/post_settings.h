#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "upload/ayrshare/post_fields.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep::cli {

/// A setting beside the options of a post, under its name in tokprep.toml: it is no part of what is sent.
inline constexpr std::string_view kValidateKey = "validate";
inline constexpr std::string_view kValidateHelp =
    "ask the service about each post before it is sent; off, as it is a call more a post";

/// The options of a post that may be said for many at once. Left out are those that belong to one item (its
/// idempotency key) and those with a second meaning of their own (--thumbnail, --thumbnail-offset).
std::vector<const PostField*> shared_post_fields();

/// For help: "TEXT", "public|private|…"; empty for a switch.
std::string value_of(const PostField& field);
std::string_view help_of(const PostField& field);

/// "--is-ai-generated" as "is_ai_generated", its name in tokprep.toml.
std::string key_of(const PostField& field);

/// Reads one option from text. Error: kInvalidArgument with a sentence about the value.
Status set(PostOptions& options, const PostField& field, std::string_view text);

/// What of `options` applies to this kind of post. For defaults meant for a whole folder: one that is for videos
/// only says nothing about the folder's images.
PostOptions applicable(const PostOptions& options, bool is_video);

}  // namespace tokprep::cli
