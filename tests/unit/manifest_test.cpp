#include "pipeline/manifest.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <random>
#include <thread>

#include "pipeline/csv.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Manifest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<ManifestRecord> read(const std::string& name, const std::string& text) const {
    auto reader = ManifestReader::open(folder_.file(name, text), {});
    if (!reader) throw std::runtime_error(describe(reader.error()));
    std::vector<ManifestRecord> records;
    while (true) {
      auto record = reader->next();
      if (!record) throw std::runtime_error(describe(record.error()));
      if (!*record) return records;
      records.push_back(std::move(**record));
    }
  }
  [[nodiscard]] std::string refusal(const std::string& name, const std::string& text) const {
    const auto reader = ManifestReader::open(folder_.file(name, text), {});
    return reader ? "opened" : reader.error().message;
  }

  test::TempFolder folder_;
};

std::vector<std::vector<std::string>> csv(const std::string& text) {
  ManifestBytes bytes = ManifestBytes::of(text);
  std::vector<std::vector<std::string>> all;
  while (auto record = read_csv_record(bytes, ',')) {
    all.push_back(record->problem.empty() ? record->cells : std::vector<std::string>{"problem: " + record->problem});
  }
  return all;
}

TEST(Csv, ReadsWhatRfc4180Allows) {
  EXPECT_THAT(csv("a,b\r\nc,d"), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(csv("\"a,\"\"b\"\"\r\nline\",x\n"), ElementsAre(ElementsAre("a,\"b\"\r\nline", "x")));
  EXPECT_THAT(csv(",\n\"\",\"\"\n,,\n"),
              ElementsAre(ElementsAre("", ""), ElementsAre("", ""), ElementsAre("", "", "")));
  EXPECT_THAT(csv("\n\r\na\n\n"), ElementsAre(ElementsAre("a")));
}

TEST(Csv, GoesOnBehindAFault) {
  EXPECT_THAT(
      csv("a\"b,c\nd\n"),
      ElementsAre(ElementsAre("problem: a quote inside a cell that does not begin with one"), ElementsAre("d")));
  EXPECT_THAT(csv("\"a\"b,c\nd\n"), ElementsAre(ElementsAre(HasSubstr("between a closing quote")), ElementsAre("d")));
  EXPECT_THAT(csv("x\n\"never\nclosed"), ElementsAre(ElementsAre("x"), ElementsAre(HasSubstr("opened in line 2"))));
  EXPECT_THAT(csv(std::string(kCsvRecordMaxBytes + 2, 'x') + ",y\nz\n"),
              ElementsAre(ElementsAre(HasSubstr("longer than")), ElementsAre("z")));
}

TEST(Csv, EndsWhateverTheBytes) {
  std::mt19937 random(7);
  const std::string alphabet = "a,\"\"\r\n\0\xFF;";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t i = random() % 40; i > 0; --i) text += alphabet[random() % alphabet.size()];
    for (const auto& cells : csv(text)) EXPECT_FALSE(cells.empty());
  }
}

TEST_F(Manifest, IsJsonLinesOrCsvByNameElseByItsFirstByte) {
  const std::string json = "{\"media\":\"a.mp4\"}\n";
  const std::string table = "media,caption\na.mp4,Hi\n";
  for (const char* name : {"m.jsonl", "m.ndjson", "m"}) EXPECT_EQ(read(name, json)[0].values["media"], "a.mp4") << name;
  for (const char* name : {"m.csv", "m", "m.txt"}) EXPECT_EQ(read(name, table)[0].values["caption"], "Hi") << name;
  EXPECT_EQ(read("m.csv", "\xEF\xBB\xBF\"media\";caption\r\n\"a;b.mp4\";Hi\r\n")[0].values["media"], "a;b.mp4");
  EXPECT_EQ(read("m.tsv", "media\tcaption\na, b.mp4\tHi\n")[0].values["media"], "a, b.mp4");
}

TEST_F(Manifest, TellsTheLineOfEveryItem) {
  const auto lines = read("m.jsonl", "\xEF\xBB\xBF\n{\"media\":\"a\"}\r\n\n  {\"media\":\"b\"}");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].line, 2U);
  EXPECT_EQ(lines[1].line, 4U);
  EXPECT_EQ(lines[1].column_of("media"), 2U);
  const auto records = read("m.csv", "media,caption\na,\"two\nlines\"\nb,\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].line, 4U);
  EXPECT_FALSE(records[1].values.contains("caption")) << "an empty cell says nothing";
}

TEST_F(Manifest, SaysWhatIsWrongWithALineAndGoesOn) {
  const auto lines =
      read("m.jsonl", "{\"media\": }\n[1]\n{\"a\":1,\"a\":2}\n{\"media\":\"\xFF\"}\n{\"media\":\"a\"}\n");
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_THAT(lines[0].error->message, HasSubstr("m.jsonl, line 1, column 11: not valid JSON"));
  EXPECT_THAT(lines[1].error->message, HasSubstr("line 2, column 1: must be an object"));
  EXPECT_THAT(lines[2].error->message, HasSubstr("line 3, column 1: 'a' is given twice"));
  EXPECT_THAT(lines[3].error->message, HasSubstr("line 4"));
  EXPECT_FALSE(lines[4].error);
  const auto records = read("m.csv", "media,caption\na\nb,\xFF\nc,d,e\nf,g\n");
  ASSERT_EQ(records.size(), 4U);
  EXPECT_THAT(records[0].error->message, HasSubstr("line 2: 1 cells, and the header has 2"));
  EXPECT_THAT(records[1].error->message, HasSubstr("line 3: caption: not UTF-8"));
  EXPECT_TRUE(records[2].error);
  EXPECT_FALSE(records[3].error);
}

TEST_F(Manifest, PassesOverRecordsOfNothingButSeparators) {
  const auto records = read("m.csv", "media,caption\na.mp4,x\n,\n\"\",\n,,,\nb.mp4,\n,\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].values["media"], "b.mp4");
  EXPECT_EQ(records[1].line, 6U);
}

TEST_F(Manifest, SaysOfJsonAndCsvAlikeWhatIsNotUtf8) {
  const auto json = read("m.jsonl", "{\"media\":\"caf\xE9.mp4\"}\n{\"media\":\"a.mp4\"}\n");
  ASSERT_EQ(json.size(), 2U);
  EXPECT_THAT(json[0].error.value().message, HasSubstr("line 1: not UTF-8; save it as UTF-8"));
  EXPECT_FALSE(json[1].error);
  EXPECT_THAT(refusal("m.csv", "media,caf\xE9\n"), HasSubstr("not UTF-8; save it as UTF-8"));
}

TEST_F(Manifest, IsReadFromAFifoAsFromStdin) {
  const auto fifo = folder_.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const std::jthread writer([&] {
    std::ofstream stream(fifo);
    stream << "{\"media\":\"a.mp4\"}\n" << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stream << "{\"media\":\"b.mp4\"}\n";
  });
  auto reader = ManifestReader::open(fifo, {});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->next().value().value().values["media"], "a.mp4");
  EXPECT_EQ(reader->next().value().value().values["media"], "b.mp4");
  EXPECT_FALSE(reader->next().value());
  EXPECT_FALSE(ManifestReader::open(folder_.path(), {})) << "a folder is none";
}

TEST_F(Manifest, IsRefusedAsAWholeWhereNoLineCanBeRead) {
  EXPECT_THAT(refusal("m.json", "[{\"media\":\"a\"}]"), HasSubstr("an array"));
  EXPECT_THAT(refusal("m.csv", ""), HasSubstr("no header"));
  EXPECT_THAT(refusal("m.csv", "media,media\n"), HasSubstr("two columns 'media'"));
  EXPECT_THAT(refusal("m.csv", "media,,caption\n"), HasSubstr("without a name"));
  EXPECT_EQ(ManifestReader::open(folder_.path() / "missing", {}).error().code, ErrorCode::kInputUnreadable);
}

TEST_F(Manifest, EndsWithAStop) {
  std::stop_source stop;
  auto reader = ManifestReader::open(folder_.file("m.jsonl", "{\"media\":\"a\"}\n"), stop.get_token());
  ASSERT_TRUE(reader);
  stop.request_stop();
  EXPECT_EQ(reader->next().error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep
