#include "base/json.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/post_fields.h"

namespace tokprep {

PostOptions merged(const PostOptions& base, const PostOptions& over) {
  PostOptions result = base;
  for (const PostField& field : kPostFields) {
    std::visit(
        [&](auto member) {
          if (over.*member) result.*member = over.*member;
        },
        field.member);
  }
  return result;
}

Json post_body(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video) {
  Json body = {{"post", ""}, {"platforms", Json::array({"tiktok"})}, {"mediaUrls", media_urls}};
  if (is_video) body["isVideo"] = true;
  for (const PostField& field : kPostFields) {
    std::visit(
        [&](auto member) {
          if (!(options.*member)) return;
          Json& object = field.place == FieldPlace::kBody ? body : body[std::string(name_of(field.place))];
          object[std::string(field.name)] = *(options.*member);
        },
        field.member);
  }
  return body;
}

}  // namespace tokprep
