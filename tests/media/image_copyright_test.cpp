#include <gmock/gmock.h>

#include <fstream>

#include "tests/media/image_support.h"
#include "tests/support/run_process.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using vips::VImage;

constexpr const char* kNotice = "(c) 2026 Ana Söderberg";

/// Runs exiftool, which writes and reads what this project's own code must get right.
std::string exiftool(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "exiftool"});
  const ProcessResult result = run_process(arguments, {});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.out;
}

class ImageCopyright : public ImageTest {
 protected:
  void SetUp() override {
    striped({{200, 60, 20}, {20, 60, 200}}, 60, 80).write_to_file(path("plain.png").c_str());
    for (const char* name : {"plain.jpg", "plain.tif", "plain.webp"}) {
      VImage::new_from_file(path("plain.png").c_str()).write_to_file(path(name).c_str());
    }
  }

  /// A copy of `plain` with these tags, and private ones beside them.
  [[nodiscard]] std::string tagged(const std::string& plain, const std::vector<std::string>& tags) const {
    const std::string file = path("tagged" + std::filesystem::path(plain).extension().string());
    std::filesystem::copy_file(path(plain), file, std::filesystem::copy_options::overwrite_existing);
    std::vector<std::string> arguments = tags;
    arguments.insert(arguments.end(), {"-overwrite_original", "-q", "-XMP-dc:Creator=Secret Person", file});
    exiftool(arguments);
    return file;
  }

  void expect_only_the_notice(const ImageJob& job) const {
    const ImageResult result = convert(job);
    EXPECT_EQ(exiftool({"-s3", "-IFD0:Copyright", job.output}), std::string(kNotice) + "\n");
    EXPECT_THAT(exiftool({"-a", "-G1", job.output}), Not(HasSubstr("Secret")));
    EXPECT_THAT(result.notes, Contains(HasSubstr(kNotice)));
    const auto info = probe_image({job.output}, {});
    ASSERT_TRUE(info);
    EXPECT_THAT(info->private_metadata, IsEmpty());
    EXPECT_EQ(VImage::new_from_file(job.output.c_str(), VImage::option()->set("fail_on", VIPS_FAIL_ON_WARNING)).width(),
              120);
  }
};

TEST_F(ImageCopyright, IsFoundWhereverItStands) {
  const std::string notice = kNotice;
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"plain.jpg", "-IFD0:Copyright=" + notice},       {"plain.jpg", "-XMP-dc:Rights=" + notice},
      {"plain.jpg", "-IPTC:CopyrightNotice=" + notice}, {"plain.png", "-PNG:Copyright=" + notice},
      {"plain.png", "-IFD0:Copyright=" + notice},       {"plain.tif", "-IFD0:Copyright=" + notice},
      {"plain.webp", "-IFD0:Copyright=" + notice}};
  for (const auto& [plain, tag] : cases) {
    SCOPED_TRACE(std::string(plain) + " " + tag);
    // IPTC and PNG texts are Latin-1 unless said otherwise; exiftool is told to write UTF-8.
    const std::string file = tagged(plain, {"-IPTC:CodedCharacterSet=UTF8", tag});
    expect_only_the_notice(job_for(file));
  }
}

TEST_F(ImageCopyright, StaysInACopiedJpegAndInAWebp) {
  const std::string file = tagged("plain.jpg", {std::string("-IFD0:Copyright=") + kNotice, "-IFD0:Artist=Secret One"});
  ImageJob copy = job_for(file);
  copy.copy = true;
  expect_only_the_notice(copy);
  ImageJob webp = job_for(file);
  webp.format = ImageFormat::kWebp;
  webp.output = path("out.webp");
  expect_only_the_notice(webp);
}

TEST_F(ImageCopyright, CountsInTheLimitOfBytes) {
  const std::string file = tagged("plain.jpg", {"-IFD0:Copyright=" + std::string(900, 'c')});
  ImageJob job = job_for(file);
  const std::uint64_t whole = convert(job).size_bytes;
  job.max_bytes = whole - 1;
  EXPECT_LE(convert(job).size_bytes, whole - 1);
  EXPECT_THAT(exiftool({"-s3", "-IFD0:Copyright", job.output}), HasSubstr("cccccccc"));
}

TEST_F(ImageCopyright, NobodysNoticeAddsNothing) {
  const ImageResult result = convert(job_for(path("plain.jpg")));
  EXPECT_EQ(bytes_of(path("out.jpg")).find("Exif"), std::string::npos);
  EXPECT_THAT(result.notes, Not(Contains(HasSubstr("copyright"))));
}

}  // namespace
}  // namespace tokprep::test
