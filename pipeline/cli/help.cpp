#include "pipeline/cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "pipeline/cli/options_table.h"

namespace tokprep::cli {
namespace {

struct VerbHelp {
  Verb verb;
  std::string_view usage;
  std::string_view what;
  std::string_view examples;
  std::string_view more;
};

constexpr std::array kVerbs = {
    VerbHelp{
        Verb::kProbe, "probe FILE…", "facts, findings, and what prepare would do",
        "  tokprep probe clip.mov\n"
        "  tokprep probe --json *.mp4 | jq .verdict\n",
        "Folders are looked into. Exit code 0 says that every file could be read; the verdict is in the output.\n"},
    VerbHelp{
        Verb::kPrepare, "prepare INPUT… -o DIR", "probe, plan, convert, thumbnail, verify",
        "  tokprep prepare clip.mov -o out\n"
        "  tokprep prepare drop/ -o out --fit blur --json\n"
        "  tokprep prepare drop/ --dry-run\n"
        "  tokprep prepare --manifest items.jsonl -o out\n",
        "A second run does only what is missing or changed; --force does all of it again. What is the same is told\n"
        "by sizes and times, and by digests where these differ; with --verify full always by digests.\n"},
    VerbHelp{Verb::kThumbnail, "thumbnail FILE --at TIME -o FILE", "the frame shown at TIME, as a JPEG",
             "  tokprep thumbnail clip.mov --at 1500 -o cover.jpg\n"
             "  tokprep thumbnail clip.mov --at auto -o cover.jpg\n",
             ""},
    VerbHelp{Verb::kUpload, "upload FILE…", "upload through /media; prints the URL of each",
             "  tokprep upload out/clip.mp4\n",
             "Only files that TikTok would take; `tokprep prepare` makes them so. A file that is still hosted from an\n"
             "earlier run is not sent again, unless --force is given.\n"},
    VerbHelp{
        Verb::kPost, "post INPUT… [-o DIR]", "everything, to the submitted post",
        "  tokprep post clip.mov --caption 'Look at this'\n"
        "  tokprep post drop/ --yes --json\n"
        "  tokprep post 1.jpg 2.jpg 3.jpg --carousel --title Lookbook --dry-run\n"
        "  tokprep post --manifest posts.csv --yes\n",
        "A post cannot be undone: on a terminal tokprep shows what it will do and asks; otherwise it needs --yes.\n"
        "What was posted is never posted again: a second run does what is missing. Without -o the prepared files\n"
        "stay in the state folder. Flags are stronger than a sidecar (clip.txt, clip.post.json). --validate has the\n"
        "service check each post before anything is claimed; without it the post itself meets the same checks.\n"},
    VerbHelp{
        Verb::kStatus, "status [ID…] [--wait]", "what became of the posts; settles unknown ones",
        "  tokprep status\n"
        "  tokprep status --wait --timeout 5min\n"
        "  tokprep status 69UmZ1gTfcVXMOREFQG3\n",
        "Exit code 5 when a post was refused (7: the account has to be linked again; 6: posting again may do), 8 "
        "while\n"
        "an outcome is unknown, 6 when --wait ran out of time. A failed post is explained with what was measured.\n"
        "Private posts and drafts stay pending at TikTok until their owner makes them public.\n"},
    VerbHelp{
        Verb::kCancel, "cancel ID… [--yes]", "takes back posts that wait for their date",
        "  tokprep cancel 69UmZ1gTfcVXMOREFQG3\n"
        "  tokprep cancel 69UmZ1gTfcVXMOREFQG3 --yes --json\n",
        "ID is what tokprep status prints. The service is asked first: a post that waits for its date or an approval\n"
        "is deleted there, no longer counts, and can be posted anew. One on TikTok or on its way there is left\n"
        "alone (exit code 5); one that was taken back before is no failure. On a terminal tokprep asks; otherwise it\n"
        "needs --yes.\n"},
    VerbHelp{
        Verb::kExplain, "explain ID|CODE|REASON…", "what it means, the rule behind it, what to do",
        "  tokprep explain 137\n"
        "  tokprep explain frame_rate_check_failed --item beach.mov\n"
        "  tokprep explain 69UmZ1gTfcVXMOREFQG3\n"
        "  tokprep explain video.duration_min\n",
        "Takes ids of posts and paths of items (from the ledger), codes of Ayrshare, reasons of TikTok, ids of rules,\n"
        "and messages that hold them. Asks nobody; measured values come from the item's certificate.\n"},
    VerbHelp{
        Verb::kLedger, "ledger [show ID]", "what was uploaded and posted; looks for damage",
        "  tokprep ledger\n"
        "  tokprep ledger --state unknown\n"
        "  tokprep ledger show beach.mov\n"
        "  tokprep ledger --json > ledger.jsonl\n"
        "  tokprep ledger --check\n",
        "Needs no key and asks nobody. --check: exit code 2 for damage, 8 for outcomes that are unknown, 6 for posts\n"
        "long not heard of, 4 for scheduled posts whose media will be gone.\n"},
    VerbHelp{
        Verb::kWebhook, "webhook [--register URL]", "receives what the service tells; settles posts by it",
        "  tokprep webhook --port 8787 --secret-file hook.secret\n"
        "  tokprep webhook --port 8787 --secret-file hook.secret --register https://hooks.example.com/webhook\n"
        "  tokprep webhook --unregister\n",
        "Stands behind a proxy of yours that speaks https. Each event is checked (signature over the raw body, age),\n"
        "noted in the ledger once however often it comes, and then answered. Ends by SIGINT or SIGTERM.\n"
        "The secret: --secret-file, AYRSHARE_WEBHOOK_SECRET_FILE or AYRSHARE_WEBHOOK_SECRET.\n"},
    VerbHelp{Verb::kRules, "rules [ID]", "the limits, each with its source and date",
             "  tokprep rules\n"
             "  tokprep rules video.duration_max\n"
             "  tokprep rules --json\n",
             ""},
    VerbHelp{Verb::kSchema, "schema [NAME]", "the JSON Schemas of manifests, sidecars, certificates and --json",
             "  tokprep schema\n"
             "  tokprep schema manifest > manifest.schema.json\n"
             "  tokprep schema events\n",
             "Draft 7. NAME is manifest, post, certificate or events.\n"},
    VerbHelp{Verb::kSandbox, "sandbox [--port N] [--data DIR]", "the local Ayrshare-compatible server",
             "  tokprep sandbox --port 8080        then paste its two lines into another shell\n"
             "  tokprep sandbox --delay 200ms\n"
             "  tokprep sandbox --faults faults.json --late\n",
             "Prints two lines to paste, serves on 127.0.0.1 until it is stopped, and keeps what it is given.\n"},
    VerbHelp{
        Verb::kWatch, "watch DIR -o OUT [--post]", "does what is put into a folder, for ever, as a service",
        "  tokprep watch drop/ -o out\n"
        "  tokprep watch drop/ -o out --post --yes --log watch.log\n"
        "  tokprep watch /mnt/nas/drop -o out --poll 10s\n"
        "  tokprep watch drop/ -o out --once --json\n",
        "An item is taken up once its files have been left alone for --settle (a folder of pictures for five times as\n"
        "long, and with --post media without a caption or options as well). What cannot be done leaves\n"
        "OUT/failed/NAME.reason.json until it succeeds; it is tried again when a file of it changes, or by itself "
        "after\n"
        "a temporary error. What was posted is not posted again because its caption or options changed since.\n"
        "Ends by SIGINT or SIGTERM; SIGHUP has it read its settings again. One at a time may watch into an OUT.\n"
        "Network file systems, which tell nothing, are looked at every --poll.\n"},
    VerbHelp{
        Verb::kDoctor, "doctor", "libraries, encoders, cage, key, disk: what works here and what doesn't",
        "  tokprep doctor\n"
        "  tokprep doctor --cage require       fails where a part of the cage is missing\n"
        "  tokprep doctor --online             with links, quotas and the days left of the account\n",
        "Exit code 0 when everything that is needed works, else that of what does not: 7 for the key. The workers try "
        "to\n"
        "break out of their cage: network, programs, other processes and files, memory; each attempt must fail.\n"},
};

constexpr std::string_view kMainExamples =
    "Examples:\n"
    "  tokprep probe clip.mov                              what it is, and what would be done\n"
    "  tokprep prepare clip.mov -o out                     make it comply\n"
    "  tokprep prepare drop/ -o out --json                 a folder, as a step in a pipeline\n"
    "  tokprep post clip.mov --caption 'Look at this'      everything, to the submitted post\n"
    "  tokprep status --wait                               what became of it\n";

constexpr std::string_view kSettings =
    "Settings, strongest first: flags, environment (TOKPREP_API_URL, TOKPREP_JOBS, TOKPREP_FIT, TOKPREP_VISIBILITY "
    "…),\n"
    "tokprep.toml in the folder, $XDG_CONFIG_HOME/tokprep/config.toml. Keys: --api-key-file, --api-key-command,\n"
    "AYRSHARE_API_KEY_FILE, AYRSHARE_API_KEY, AYRSHARE_API_KEY_COMMAND, api_key_command in config.toml\n"
    "(AYRSHARE_PROFILE_KEY likewise); never on the command line. State: TOKPREP_STATE_DIR.\n";

constexpr std::string_view kExitCodes =
    "Exit codes:\n"
    "  0    all done                         5    the service refused\n"
    "  1    internal error, a bug            6    temporary (network, service, disk): run again\n"
    "  2    usage or configuration           7    credentials missing or refused\n"
    "  3    some items done, some failed     8    outcome of a post unknown: tokprep status\n"
    "  4    input cannot be used             129, 130, 143  stopped by a signal\n";

const VerbHelp& help_of(Verb verb) { return *std::ranges::find(kVerbs, verb, &VerbHelp::verb); }

std::string option_line(const OptionSpec& option) {
  const std::string letter = option.letter != 0 ? fmt::format("-{}, ", option.letter) : "    ";
  const std::string head = fmt::format("{}{}{}{}", letter, option.name, option.is_switch() ? "" : " ", option.value);
  if (head.size() > 33) return fmt::format("  {}\n{:37}{}\n", head, "", option.help);
  return fmt::format("  {:<33}  {}\n", head, option.help);
}

/// The options of one group that `verb` takes (every verb's, without one), under a heading.
std::string group(std::string_view heading, OptionGroup wanted, std::optional<Verb> verb) {
  std::string lines;
  for (const OptionSpec& option : option_table()) {
    if (option.group == wanted && (!verb || option.is_for(*verb))) lines += option_line(option);
  }
  return lines.empty() ? "" : fmt::format("\n{}:\n{}", heading, lines);
}

std::string main_help() {
  std::string commands;
  for (const VerbHelp& help : kVerbs) commands += fmt::format("  tokprep {:<33}  {}\n", help.usage, help.what);
  return fmt::format(
      "{}\ntokprep prepares media for TikTok and posts it through Ayrshare.\n\nCommands:\n{}\n"
      "INPUT is a file or a folder; -- ends the options. tokprep COMMAND --help shows the options of one command.\n"
      "{}\n{}\n{}",
      kMainExamples, commands, group("Common options", OptionGroup::kCommon, std::nullopt), kSettings, kExitCodes);
}

std::string verb_help(Verb verb) {
  const VerbHelp& help = help_of(verb);
  std::string text =
      fmt::format("Examples:\n{}\nUsage: tokprep {}\n\n{}{}.\n", help.examples, help.usage,
                  static_cast<char>(std::toupper(static_cast<unsigned char>(help.what.front()))), help.what.substr(1));
  text += help.more;
  text += group("Options", OptionGroup::kOwn, verb);
  text += group("Post options", OptionGroup::kPost, verb);
  text += group("Conversion options", OptionGroup::kConversion, verb);
  text += group("Common options", OptionGroup::kCommon, verb);
  return text;
}

}  // namespace

std::string help_text(std::optional<Verb> verb) { return verb ? verb_help(*verb) : main_help(); }

std::string version_text() { return "tokprep " TOKPREP_VERSION "\n"; }

}  // namespace tokprep::cli
