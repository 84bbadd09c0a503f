#include <array>

#include "base/text.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

/// A network's limit, and the names its length and its verdict have in the reply.
struct Network {
  const char* name;
  std::size_t limit;
  const char* length_name;
  const char* valid_name;
};

constexpr std::array kNetworks{
    Network{"bluesky", 300, "blueskyWeightedLength", "blueskyValid"},
    Network{"facebook", 63206, "facebookWeightedLength", "facebookValid"},
    Network{"gmb", 1500, "gmbWeightedLength", "gmbValid"},
    Network{"instagram", 2200, "instagramWeightedLength", "instagramValid"},
    Network{"linkedin", 3000, "linkedInWeightedLength", "linkedInValid"},
    Network{"pinterest", 500, "pinterestWeightedLength", "pinterestValid"},
    Network{"tiktok", 2200, "tikTokWeightedLength", "tikTokValid"},
    Network{"twitter", 280, "twitterWeightedLength", "twitterValid"},
    Network{"youtube", 5000, "youtubeWeightedLength", "youtubeValid"},
};

/// All networks are counted in UTF-16 units; the service weighs each a little differently, and does not say how.
void weigh(Exchange& exchange) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  const std::size_t length = utf16_length((*body)["post"].get_ref<const std::string&>());
  Json reply{{"maxCharLimits", {{"reddit", 10000}, {"twitterLong", 25000}}}};
  for (const Network& network : kNetworks) {
    reply[network.length_name] = length;
    reply[network.valid_name] = length <= network.limit;
    reply["maxCharLimits"][network.name] = network.limit;
  }
  exchange.reply(200, reply);
}

}  // namespace

void add_length_routes(Router& router) {
  for (const char* path : {"/validate/postLength", "/post/checkPostWeight"}) router.api("POST", path, weigh);
}

}  // namespace tokprep::sandbox
