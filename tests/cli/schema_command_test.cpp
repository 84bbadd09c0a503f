#include "pipeline/cli/schema.h"

#include "tests/cli/post_fixture.h"
#include "tests/support/json_schema.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

using SchemaCommandTest = CliTest;

class RealOutputTest : public PostTest {
 protected:
  /// Runs with --json and holds each line against the schema of events with every object closed.
  std::vector<Json> run_checked(const std::vector<std::string>& arguments, int expected_exit_code) const {
    const auto lines = run_json(arguments, expected_exit_code);
    static const Json schema = closed(cli::events_schema());
    for (const Json& line : lines) EXPECT_EQ(schema_faults(schema, line), "") << line;
    return lines;
  }
  [[nodiscard]] std::string faults_of_certificate(const std::string& name) const {
    return schema_faults(closed(cli::certificate_schema()), Json::parse(bytes_of(path(name))));
  }
};

TEST_F(SchemaCommandTest, ListsThemAndPrintsEach) {
  const auto list = run({"schema"});
  EXPECT_EQ(list.exit_code, 0);
  for (const cli::PublishedSchema& one : cli::published_schemas()) {
    EXPECT_THAT(list.out, HasSubstr(std::string(one.name)));
    const auto printed = run({"schema", std::string(one.name)});
    EXPECT_EQ(printed.exit_code, 0);
    EXPECT_EQ(Json::parse(printed.out), one.make());
    EXPECT_EQ(only(run_json({"schema", std::string(one.name)}, 0), "schema")["schema"], one.make());
  }
  const auto wrong = run({"schema", "manifst"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'manifest'?"));
}

TEST_F(RealOutputTest, OfPrepareFitsItsSchemas) {
  (void)copy_sample("street.mov", "drop/street.mov");
  (void)copy_sample("landscape.webm", "drop/wide.webm");
  (void)copy_sample("city.mp4", "drop/city.mp4");
  (void)copy_sample("city.cover.png", "drop/city.cover.png");
  (void)copy_sample("lookbook/1.png", "drop/look/1.png");
  (void)copy_sample("lookbook/10.webp", "drop/look/10.webp");
  (void)folder_.file("drop/broken.mp4", "this is no video");
  (void)folder_.file("drop/bad/1.jpg", "this is no picture");
  (void)folder_.file("drop/bad/2.jpg", "this is no picture");
  (void)folder_.file("drop/notes.md", "left out");
  const auto lines =
      run_checked({"prepare", path("drop"), "-o", path("out"), "--silent-audio", "--loudness", "-14"}, 3);
  for (const char* type : {"item_started", "progress", "note", "item_done", "item_failed", "summary"}) {
    EXPECT_FALSE(of_type(lines, type).empty()) << type;
  }
  for (const char* name :
       {"out/street.tokprep.json", "out/wide.tokprep.json", "out/city.tokprep.json", "out/look.tokprep.json"}) {
    EXPECT_EQ(faults_of_certificate(name), "") << name;
  }
  EXPECT_FALSE(
      of_type(
          run_checked({"prepare", path("drop/city.mp4"), "-o", path("out"), "--silent-audio", "--loudness", "-14"}, 0),
          "item_skipped")
          .empty());
  (void)run_checked({"prepare", path("drop"), "--dry-run"}, 3);
  (void)run_checked({"probe", path("drop/street.mov"), path("drop/look/1.png"), path("drop/broken.mp4")}, 3);
}

TEST_F(RealOutputTest, OfASplitVideoFitsItsSchemas) {
  const fs::path clip = copy_sample("city.mp4", "drop/city.mp4");
  const fs::path rules = folder_.file("rules.json", R"({"video.duration_max": 3.5})");
  const auto lines = run_checked({"prepare", clip, "-o", path("out"), "--too-long", "split", "--rules", rules}, 0);
  ASSERT_GT(only(lines, "item_done")["outputs"].size(), 2U);
  EXPECT_EQ(faults_of_certificate("out/city.tokprep.json"), "");
}

TEST_F(RealOutputTest, OfPostAndStatusFitTheirSchema) {
  (void)copy_sample("city.mp4", "drop/city.mp4");
  (void)folder_.file("drop/city.txt", "A city");
  (void)copy_sample("lookbook/2.jpg", "drop/look/2.jpg");
  (void)copy_sample("logo.png", "drop/bad.png");
  (void)folder_.file("drop/bad.post.json", R"({"pots":"x"})");
  (void)run_checked({"post", path("drop"), "--dry-run"}, 3);
  const auto posted =
      run_checked({"post", path("drop"), "-o", path("out"), "--yes", "--schedule", "2099-01-01T00:00:00Z"}, 2);
  EXPECT_FALSE(of_type(posted, "item_failed").empty());
  (void)run_checked({"post", path("drop/city.mp4"), "-o", path("out"), "--yes"}, 0);
  (void)run_checked({"post", path("drop/city.mp4"), "-o", path("out"), "--yes"}, 0);
  EXPECT_FALSE(of_type(run_checked({"status"}, 0), "status").empty());
  EXPECT_EQ(faults_of_certificate("out/city.tokprep.json"), "");
  (void)run_checked({"post", path("drop/city.mp4")}, 2);
}

}  // namespace
}  // namespace tokprep::test
