#include "upload/ayrshare/webhook.h"

#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/terminal_text.h"
#include "pipeline/ledger_view.h"
#include "upload/webhook_server.h"

namespace tokprep::cli {
namespace {

// What the service can tell that is of use to us.
constexpr std::array<const char*, 2> kActions = {"scheduled", "social"};

Error no_secret() {
  Error error;
  error.code = ErrorCode::kAuth;
  error.message = "there is no secret: without one anybody could tell us that a post was published";
  error.fix = "put a long random word into a file and name that in --secret-file or AYRSHARE_WEBHOOK_SECRET_FILE";
  return error;
}

Result<Secret> secret_of(const Keys& keys) {
  TOKPREP_ASSIGN(auto secret, keys.webhook_secret);
  if (!secret) return fail(no_secret());
  return std::move(*secret);
}

Status register_all(const std::string& url, const Secret& secret, AyrshareClient& client, const RunContext& run) {
  for (const char* action : kActions) TOKPREP_TRY(client.register_hook({action, url, secret}, run));
  return {};
}

Status unregister_all(AyrshareClient& client, const RunContext& run) {
  TOKPREP_ASSIGN(const auto hooks, client.hooks(run));
  for (const RegisteredHook& hook : hooks) {
    const bool is_ours = std::ranges::find(kActions, hook.action) != kActions.end();
    if (is_ours) TOKPREP_TRY(client.remove_hook(hook.action, run));
  }
  return {};
}

/// Events are noted whatever account their posts belong to, so that receiving needs no key; but a ledger is opened in
/// somebody's name.
std::string account_to_open(const Session& session) {
  if (auto config = service_config(session.settings, session.keys)) return account_of(*config);
  auto view = LedgerView::open(state_folder() / "ledger.sqlite");
  const auto accounts = view ? view->accounts() : Result<std::vector<LedgerAccount>>();
  return accounts && !accounts->empty() ? accounts->front().account : "webhook";
}

Json post_json(const LedgerPost& post) {
  Json json = {{"id", post.post_id}, {"status", post.post_status}, {"state", post.state}, {"url", nullptr}};
  if (!post.url.empty()) json["url"] = post.url;
  if (!post.error.empty()) json["error"] = post.error;
  return json;
}

Json line_of(const WebhookEvent& event, const WebhookNoted& noted) {
  Json line = {{"type", "webhook"},  {"key", event.key},         {"action", event.action},
               {"kind", event.kind}, {"created", event.created}, {"new", noted.is_new}};
  if (event.kind == WebhookKind::kSocial) line["social"] = {{"platform", event.platform}, {"change", event.change}};
  else if (!event.post.id.empty()) line["post"] = event.post;
  if (!noted.post) return line;
  line["item"] = noted.post->item;
  line["post"] = post_json(*noted.post);
  return line;
}

std::string text_of(const WebhookEvent& event, const WebhookNoted& noted) {
  std::string text = fmt::format("{} {}", shown(event.created), shown(event.action));
  if (event.kind == WebhookKind::kSocial) {
    text += fmt::format(": {} {}", shown(event.platform), shown(event.change));
    if (!event.refresh_by.empty()) text += fmt::format(", to be linked again by {}", shown(event.refresh_by));
  } else if (noted.post) {
    const LedgerPost& post = *noted.post;
    text += fmt::format(": {}: {}, id {}", shown(post.item), name_of(post.state), shown(post.post_id));
    if (!post.url.empty()) text += ", " + shown(post.url);
    if (!post.error.empty()) text += ": " + shown(post.error);
  } else if (!event.post.id.empty()) {
    text += fmt::format(": post {}, which the ledger does not know", shown(event.post.id));
  }
  return noted.is_new ? text : text + " (again; nothing was changed)";
}

/// Notes first, prints then: what was printed is in the ledger.
Status take(const WebhookEvent& event, Ledger& ledger, Output& out) {
  auto noted = ledger.note_webhook(event);
  if (!noted) {
    out.say("not noted, and left for the service to send again: " + noted.error().message);
    return fail(std::move(noted).error());
  }
  out.data(line_of(event, *noted), text_of(event, *noted));
  return {};
}

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stop, [] { return false; });
}

Result<std::unique_ptr<WebhookServer>> start_server(const WebhookCommand& command, Ledger& ledger, Secret secret,
                                                    Output& out) {
  WebhookServerSettings settings;
  settings.address = command.address;
  settings.port = command.port;
  settings.trust.secrets.push_back(std::move(secret));
  return WebhookServer::start(std::move(settings),
                              [&ledger, &out](const WebhookEvent& event) { return take(event, ledger, out); });
}

/// Tells the service where we listen, once we do: where the port is taken, nothing is to be registered.
Status register_here(const std::string& url, const Secret& secret, AyrshareClient& client, Session& session) {
  TOKPREP_TRY(register_all(url, secret, client, session.context()));
  session.out.say("the service sends its webhooks to " + url);
  return {};
}

int receive(const WebhookCommand& command, Ledger& ledger, const Secret& secret, Service* service, Session& session) {
  auto server = start_server(command, ledger, secret, session.out);
  if (!server) return session.give_up(server.error());
  if (service != nullptr) {
    const Status told = register_here(*command.register_url, secret, service->client(), session);
    if (!told) (*server)->stop();  // nothing is printed after the summary
    if (!told) return session.give_up(told.error());
  }
  session.out.data({{"type", "webhook_server"}, {"url", (*server)->url()}}, "listening at " + (*server)->url());
  wait_for(session.signals.token());
  (*server)->stop();
  return session.end(exit_code(ErrorCode::kCancelled));
}

int unregister(Session& session) {
  auto service = Service::open(session.settings, session.keys);
  if (!service) return session.give_up(service.error());
  if (Status done = unregister_all((*service)->client(), session.context()); !done)
    return session.give_up(done.error());
  session.out.say("the service sends no webhooks any more");
  return session.end(0);
}

}  // namespace

int run_webhook(const WebhookCommand& command, Session& session) {
  if (command.unregister) return unregister(session);
  auto secret = secret_of(session.keys);
  if (!secret) return session.give_up(secret.error());
  auto ledger = Ledger::open(state_folder() / "ledger.sqlite", account_to_open(session));
  if (!ledger) return session.give_up(ledger.error());
  if (!command.register_url) return receive(command, *ledger, *secret, nullptr, session);
  auto service = Service::open(session.settings, session.keys);
  if (!service) return session.give_up(service.error());
  return receive(command, *ledger, *secret, service->get(), session);
}

}  // namespace tokprep::cli
