#include "pipeline/cli/schema.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "pipeline/cli/manifest_items.h"
#include "pipeline/cli/manifest_keys.h"
#include "pipeline/event.h"
#include "pipeline/rules/rules.h"
#include "tests/support/json_schema.h"
#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

using test::closed;
using test::schema_faults;
using testing::HasSubstr;

/// Sidecars, each with what the program says of it.
const std::vector<std::string> kSidecars = {
    R"({})",
    R"({"post":"Hi","scheduleDate":"2026-07-08T12:30:00Z","notes":"n","requiresApproval":true,"shortenLinks":false})",
    R"({"tikTokOptions":{"visibility":"friends","draft":true,"thumbNailOffset":1500,"imageCoverIndex":2}})",
    R"({"disableComments":true,"firstComment":{"comment":"first"}})",
    R"({"post":5})",
    R"({"pots":"Hi"})",
    R"({"tikTokOptions":{"visibility":"nobody"}})",
    R"({"tikTokOptions":{"visibilty":"public"}})",
    R"({"tikTokOptions":{"thumbNailOffset":-1}})",
    R"({"tikTokOptions":{"draft":"yes"}})",
    R"({"tikTokOptions":{"imageCoverIndex":3000000000}})",
    R"({"scheduleDate":"tomorrow"})",
    R"({"scheduleDate":"2026-07-08T12:30:00"})",
    R"({"scheduleDate":"2026-12-24 18:00 Europe/Berlin"})",
    R"({"tikTokOptions":7})",
    R"({"visibility":"public"})",
    R"({"mediaUrls":[]})",
    R"([])"};

TEST(PostSchema, TakesAndRefusesWhatTheProgramDoes) {
  int taken = 0;
  for (const std::string& text : kSidecars) {
    const std::string faults = schema_faults(post_schema(), Json::parse(text));
    const auto read = parse_post_options(text, "a.post.json");
    EXPECT_EQ(faults.empty(), read.has_value()) << text << "\n" << faults << (read ? "" : read.error().message);
    if (read) ++taken;
  }
  EXPECT_EQ(taken, 4);
}

const std::vector<std::string> kLines = {
    R"({"media":"a.mp4"})",
    R"({"media":["1.jpg","2.jpg"],"caption":"Hi","title":"T","image_cover_index":1,"fit":"crop"})",
    R"({"media":"a.mp4","caption":null,"keep_metadata":true,"draft":"false","max_size":"720x1280","min_ssim":0.98})",
    R"({"media":"a.mp4","output":"x/y","cover":"c.png","validate":true,"thumbnail_offset":1500,"too_long":"split","loudness":-14})",
    R"({"media":"a.mp4","post":"Hi","tikTokOptions":{"visibility":"private"},"firstComment":{"comment":"c"}})",
    R"({"media":"a.mp4","tikTokOptions.visibility":"private","idempotencyKey":"k"})",
    R"({"caption":"no media"})",
    R"({"media":[]})",
    R"({"media":5})",
    R"({"media":"a.mp4","fit":"pda"})",
    R"({"media":"a.mp4","captoin":"x"})",
    R"({"media":"a.mp4","draft":"perhaps"})",
    R"({"media":"a.mp4","validate":"perhaps"})",
    R"({"media":"a.mp4","caption":5})",
    R"({"media":"a.mp4","tikTokOptions":{"visibility":"nobody"}})",
    R"({"media":"a.mp4","max_size":["720"]})",
    R"(["a.mp4"])"};

TEST(ManifestSchema, TakesAndRefusesWhatTheProgramDoes) {
  int taken = 0;
  for (const std::string& line : kLines) {
    const test::TempFolder folder;
    const auto items = manifest_items(folder.file("m.jsonl", line + "\n"), {});
    const auto error = items ? items->front().error : Boxed<Error>(items.error());
    const std::string faults = schema_faults(manifest_schema(), Json::parse(line));
    EXPECT_EQ(faults.empty(), !error) << line << "\n" << faults << (error ? error->message : "");
    if (!error) ++taken;
  }
  EXPECT_EQ(taken, 6);
}

/// Values of one key, as JSON.
struct KeyValues {
  std::string key;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

const std::vector<KeyValues> kValues = {
    {"media", {R"("a.mp4")", R"(["1.jpg","2.jpg"])"}, {R"("")", R"([""])", R"("https://a.example/b.mp4")", "{}"}},
    {"cover", {R"("c.png")", R"("../c.png")", "null"}, {R"("")", R"("https://a.example/c.png")", "5"}},
    {"output",
     {R"("2026/beach")", R"("./x")", R"("..x")", R"("a/../b")"},
     {R"("")", R"("/etc/x")", R"("../x")", R"("..")", R"(".")", R"("x/")", "5"}},
    {"fit", {R"("blur")"}, {R"("")", R"("Blur")", "true", "1"}},
    {"pad_color", {R"("#fff")", R"("#A0b1C2")", R"("Black")"}, {R"("")", R"("#ff")", R"("blakc")", "5", "true"}},
    {"background", {R"("white")"}, {R"("fff")", R"("#ggg")", "0"}},
    {"max_size", {R"("1080x1920")"}, {R"("")", R"("0x5")", R"("1080")", R"("1080X1920")", R"("x")", "1080"}},
    {"image_format", {R"("webp")"}, {R"("png")"}},
    {"canvas", {R"("off")", R"("auto")", R"("9:16")", R"("1080x1350")"}, {R"("on")", R"("9:")", R"("0:1")", "916"}},
    {"max_bytes",
     {R"("500KB")", R"("1.5 MiB")", R"("20000")", "20000", "1000"},
     {R"("")", R"("many")", R"("-5MB")", R"("5XB")", "999", "-1", "true"}},
    {"too_many", {R"("split")"}, {R"("trim")"}},
    {"too_long", {R"("trim")"}, {R"("hold")"}},
    {"too_short", {R"("loop")"}, {R"("split")"}},
    {"loudness",
     {R"("off")", R"("-14")", R"("-14.5")", R"("-70")", "-14", "-0.5"},
     {R"("0")", R"("14")", R"("-70.5")", R"("-71")", R"("loud")", "0", "5", "-71", "false"}},
    {"keep_metadata", {"true", R"("false")"}, {R"("yes")", "1"}},
    {"thumbnail_offset",
     {R"("auto")", R"("1500ms")", R"("1.5 s")", R"("1500")", "1500", "0"},
     {R"("")", R"("soon")", R"("-1s")", R"("5days")", "-1", "true"}},
    {"quality", {R"("best")"}, {R"("better")"}},
    {"preset", {R"("veryslow")"}, {R"("x")", R"("")", "5"}},
    {"encoder", {R"("h264_nvenc")"}, {R"("")", "[]"}},
    {"min_ssim",
     {R"("0.98")", R"(".5")", R"("1")", "0.98", "1"},
     {R"("0")", R"("1.5")", R"("high")", "0", "1.5", "-1"}},
    {"audio_track", {R"("2")", "1", "1000"}, {R"("x")", R"("0")", R"("1001")", R"("-1")", "0", "-1", "1001", "1.5"}},
    {"silent_audio", {"false"}, {R"("maybe")"}},
    {"max_loss",
     {R"("0.5")", R"("2%")", R"("0.5,2%")", R"("100%")", "0.5", "0"},
     {R"("")", R"("-1")", R"("101%")", R"("a bit")", R"("1,")", "-0.5"}},
    {"link", {"true"}, {R"("symbolic")"}},
    {"verify", {R"("full")"}, {R"("half")"}},
    {"validate", {"true", R"("true")"}, {"1", R"("yes")"}},
    {"schedule",
     {R"("2026-07-08T14:30:00+02:00")", R"("2026-07-08 14:30Z")", R"("2026-12-24 18:00 Europe/Berlin")",
      R"("1970-01-01 00:00Z")", R"("2199-12-31 12:00Z")", R"("2261-12-31 12:00Z")"},
     {R"("1969-12-31 12:00Z")", R"("2262-01-01 12:00Z")", R"("8911-07-08 12:30 Europe/Berlin")", R"("tomorrow")",
      R"("2026-07-08")", R"("2026-07-08T14:30:00")", R"("2026-13-08T14:30Z")", "5", R"("")"}},
    {"visibility", {R"("friends")"}, {R"("nobody")", "true"}},
    {"draft", {"true", R"("false")"}, {R"("perhaps")", "0"}},
    {"image_cover_index", {R"("0")", "3"}, {"-1", R"("-1")", R"("first")", "1.5"}},
    {"caption", {R"("Hi")", R"("")"}, {"5", "true"}},
    {"title", {R"("T")"}, {"5"}},
    {"tikTokOptions.thumbNailOffset", {R"("1500ms")"}, {R"("soon")", R"("-5")", "true"}},
};

/// What program and schema say of a line with this value, where they differ; the word that both say where not.
std::string verdict_on(const std::string& key, const std::string& value) {
  const test::TempFolder folder;
  const std::string media = key == "media" ? "" : R"("media":"a.mp4",)";
  const std::string line = "{" + media + "\"" + key + "\":" + value + "}";
  const auto items = manifest_items(folder.file("m.jsonl", line + "\n"), {});
  const auto error = items ? items->front().error : Boxed<Error>(items.error());
  const std::string faults = schema_faults(manifest_schema(), Json::parse(line));
  if (faults.empty() == !error) return error ? "refused" : "taken";
  return error ? "refused by the program alone: " + error->message : "refused by the schema alone: " + faults;
}

TEST(ManifestSchema, TakesAndRefusesEveryValueAsTheProgramDoes) {
  for (const auto& [key, good, bad] : kValues) {
    for (const std::string& value : good) EXPECT_EQ(verdict_on(key, value), "taken") << key << " = " << value;
    for (const std::string& value : bad) EXPECT_EQ(verdict_on(key, value), "refused") << key << " = " << value;
  }
  for (const ConvertField& field : convert_fields()) {
    EXPECT_EQ(std::ranges::count(kValues, field.key, &KeyValues::key), 1) << field.key << " is not tried";
  }
}

TEST(ManifestSchema, HasEveryKeyAndEveryWordOfIt) {
  const Json properties = manifest_schema()["properties"];
  EXPECT_EQ(properties.size(), manifest_keys().size());
  for (const ManifestKey& key : manifest_keys()) {
    const Json& schema = properties.at(key.name);
    if (key.convert == nullptr) continue;
    for (const Json& form : schema["anyOf"]) {
      for (const Json& word : form.value("enum", Json::array())) {
        ConvertSettings settings;
        const std::string text = word.is_string() ? word.get<std::string>() : word.dump();
        EXPECT_TRUE(key.convert->set(settings, text)) << key.name << " = " << text;
      }
    }
  }
}

TEST(EventsSchema, KnowsEveryFieldOfEveryEvent) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = "too short";
  error.native = 5;
  error.context = {"on the way"};
  error.file = "a";
  error.rule = "video.duration_min";
  error.measured = 1.2;
  error.limit = std::int64_t{3};
  error.unit = "s";
  error.fix = "--too-short hold";
  const PostOutcome post{"id", "scheduled", "https://t.example/1", "2026-07-08T12:30:00Z"};
  const std::vector<OutputFile> outputs = {{"media", "out/a.mp4", "video/mp4", 7}, {"cover", "c", "image/jpeg", 8}};
  Finding finding{"audio.codec", Severity::kMust, std::string("mp3"), std::monostate{}, "x", "m", true, "f", true};
  ItemDone done;
  done.item = "a";
  done.kind = "video";
  done.dry_run = true;
  done.outputs = outputs;
  done.plan = {{"video", "copy"}, {"reasons", {"r"}}};
  done.findings = Json(std::vector<Finding>{finding});
  done.urls = {"url"};
  done.post = post;
  done.request = {{"post", "Hi"}};
  done.images = {{{"image", "1.jpg"}, {"findings", Json::array()}, {"verdict", "refused"}, {"error", error}}};
  done.summary = "kept";
  const std::vector<Event> events = {
      ItemStarted{"a", "video"},
      ItemProgress{"a", "transcode", 0.5},
      ItemNote{"", "remark"},
      ItemNote{"a", "remark"},
      done,
      ItemSkipped{"a", "image", "done", outputs, post},
      ItemFailed{"a", error, done.findings, done.images},
      Probed{"a", {{"kind", "video"}, {"facts", Json::object()}, {"findings", Json::array()}, {"verdict", "fixable"}}},
      PostStatus{"a", post, error},
      PostStatus{"", PostOutcome{"id", "pending", std::nullopt, std::nullopt}, std::nullopt},
      Summary{3, 1, 1, 1, 3}};
  const Json schema = closed(events_schema());
  for (const Event& event : events) {
    const Json line = to_json_line(event);
    EXPECT_EQ(schema_faults(schema, line), "") << line;
    Json more = line;
    more["new_field"] = 1;
    EXPECT_NE(schema_faults(schema, more), "") << "the check itself must see what is not in the schema";
    EXPECT_EQ(schema_faults(events_schema(), more), "") << "readers pass over what they do not know";
    for (const char* field : {"type", "v"}) {
      Json less = line;
      less.erase(field);
      EXPECT_NE(schema_faults(events_schema(), less), "") << field;
    }
  }
}

TEST(Schemas, SayWhatTheyAre) {
  for (const PublishedSchema& one : published_schemas()) {
    const Json schema = one.make();
    EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#") << one.name;
    EXPECT_THAT(schema["$id"].get<std::string>(), HasSubstr(std::string(one.name)));
    EXPECT_FALSE(schema["title"].get<std::string>().empty());
  }
}

}  // namespace
}  // namespace tokprep::cli
