// Sample entries: what a player needs is kept, in the form ISO gives it.
#include <gmock/gmock.h>

#include "tests/unit/mp4_rewrite_fixture.h"

namespace tokprep::mp4 {
namespace {

using namespace test::mp4_bytes;
using test::Mp4Rewrite;
using testing::HasSubstr;
using testing::Not;

MovieFile with_video(const std::string& entry) {
  MovieFile file;
  file.tracks[0].entries = entry;
  return file;
}
MovieFile with_audio(const std::string& entry) {
  MovieFile file;
  file.tracks[1].entries = entry;
  return file;
}
std::string nclx(std::uint64_t primaries, std::uint64_t transfer, std::uint64_t matrix, std::uint64_t range) {
  return box("colr", "nclx" + number(primaries, 2) + number(transfer, 2) + number(matrix, 2) + number(range, 1));
}
/// A NAL unit of this kind behind its size in four bytes.
std::string nal(unsigned kind) { return u32(4) + number(kind << 1U, 1) + "\x01xy"; }

TEST_F(Mp4Rewrite, QuickTimesColourBecomesIsosInLimitedRange) {
  const std::string colour = box("colr", "nclc" + number(1, 2) + number(1, 2) + number(6, 2));
  EXPECT_THAT(output_of(with_video(video_entry("avc1", avcc() + colour))), HasSubstr(nclx(1, 1, 6, 0)));
}

TEST_F(Mp4Rewrite, FullRangeStaysFull) {
  EXPECT_THAT(output_of(with_video(video_entry("avc1", avcc() + nclx(9, 16, 9, 0x80)))),
              HasSubstr(nclx(9, 16, 9, 0x80)));
}

TEST_F(Mp4Rewrite, MissingColourIsTold) {
  request_.colour = CodedColour{1, 1, 1, false};
  const std::string profile = box("colr", "prof" + std::string("an ICC profile"));
  const std::string output = output_of(with_video(video_entry("avc1", avcc() + profile)));
  EXPECT_THAT(output, HasSubstr(nclx(1, 1, 1, 0)));
  EXPECT_THAT(output, Not(HasSubstr("ICC")));
}

TEST_F(Mp4Rewrite, PixelAspectAndBitRatesAreKept) {
  const std::string boxes = box("pasp", u32(4) + u32(3)) + box("btrt", u32(1) + u32(2) + u32(3));
  const std::string output = output_of(with_video(video_entry("avc1", avcc() + box("fiel", "xx") + boxes)));
  EXPECT_THAT(output, HasSubstr(boxes));
  EXPECT_THAT(output, Not(HasSubstr("fiel")));
  EXPECT_THAT(output, HasSubstr(u32(480U << 16U) + u32(640U << 16U)));  // shown in square pixels
}

TEST_F(Mp4Rewrite, AWholeCleanApertureIsDroppedAndACropDeclined) {
  const auto aperture = [](std::uint64_t width) {
    return box("clap", u32(width) + u32(1) + u32(640) + u32(1) + u32(0) + u32(1) + u32(0) + u32(1));
  };
  EXPECT_THAT(output_of(with_video(video_entry("avc1", avcc() + aperture(360)))), Not(HasSubstr("clap")));
  EXPECT_THAT(rewritten(with_video(video_entry("avc1", avcc() + aperture(300))).bytes()).declined, HasSubstr("crops"));
}

TEST_F(Mp4Rewrite, HighProfilesKeepTheirExtension) {
  const std::string config("\x01\x64\x00\x1F\xFF\xE1\x00\x03sps\x01\x00\x03pps\xFD\xF8\xF8\x00", 21);
  EXPECT_THAT(output_of(with_video(video_entry("avc1", box("avcC", config)))), HasSubstr(box("avcC", config)));
}

TEST_F(Mp4Rewrite, Hev1WithAllItsSetsIsHvc1) {
  const std::string output = output_of(with_video(video_entry("hev1", hvcc(true))));
  EXPECT_THAT(output, HasSubstr("hvc1"));
  EXPECT_THAT(output, Not(HasSubstr("hev1")));
  EXPECT_THAT(output, HasSubstr(hvcc(true)));
}

TEST_F(Mp4Rewrite, Hev1ThatMayHaveMoreIsLookedInto) {
  MovieFile file = with_video(video_entry("hev1", hvcc(false)));
  constexpr unsigned kSlice = 1, kKeyFrame = 19, kDelimiter = 35, kPictureSet = 34;
  for (auto& chunk : file.tracks[0].chunks) {
    for (auto& sample : chunk) sample = nal(kDelimiter) + nal(kSlice);
  }
  file.tracks[0].chunks[0][0] = nal(kDelimiter) + nal(kKeyFrame) + nal(kKeyFrame);
  EXPECT_THAT(output_of(file), HasSubstr(hvcc(true)));
  file.tracks[0].chunks[3][2] = nal(kDelimiter) + nal(kPictureSet) + nal(kSlice);
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("parameter sets come with its samples"));
  file.tracks[0].chunks[3][2] = u32(400) + "x";
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("samples are damaged"));
}

TEST_F(Mp4Rewrite, OtherHevcArraysStayBehind) {
  const std::string message = number(0x80 | 39, 1) + number(1, 2) + number(6, 2) + "serial";
  const std::string output = output_of(with_video(video_entry("hvc1", hvcc(true, message, 1))));
  EXPECT_THAT(output, HasSubstr(hvcc(true)));
  EXPECT_THAT(output, Not(HasSubstr("serial")));
}

TEST_F(Mp4Rewrite, QuickTimesSoundEntryBecomesIsos) {
  const std::string wave = box("wave", box("frma", "mp4a") + box("mp4a", u32(0)) + esds() + u32(8) + u32(0));
  const std::string output = output_of(with_audio(audio_entry(wave + box("chan", std::string(24, 'c')), 1)));
  EXPECT_THAT(output, Not(HasSubstr("wave")));
  EXPECT_THAT(output, Not(HasSubstr("chan")));
  // Version 0, two channels of 16 bits, 48 kHz, then esds.
  EXPECT_THAT(output, HasSubstr("mp4a" + number(0, 6) + number(1, 2) + u64(0) + number(2, 2) + number(16, 2) + u32(0) +
                                u32(48000U << 16U)));
  EXPECT_THAT(output, HasSubstr("\x05\x02" + kStereoConfig + "\x06\x01\x02"));
}

TEST_F(Mp4Rewrite, ChannelsComeFromTheDecodersConfiguration) {
  const std::string mono("\x11\x88", 2);
  EXPECT_THAT(output_of(with_audio(audio_entry(esds(mono)))), HasSubstr(u64(0) + number(1, 2) + number(16, 2)));
}

struct EntryCase {
  const char* name;
  std::string entry;
  bool sound;
  const char* reason;
};

class Mp4Entries : public Mp4Rewrite, public testing::WithParamInterface<EntryCase> {};

TEST_P(Mp4Entries, AreDeclined) {
  const EntryCase& test = GetParam();
  const MovieFile file = test.sound ? with_audio(test.entry) : with_video(test.entry);
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr(test.reason)) << test.name;
  EXPECT_FALSE(std::filesystem::exists(request_.output));
}

INSTANTIATE_TEST_SUITE_P(
    Entries, Mp4Entries,
    testing::Values(
        EntryCase{"encrypted", video_entry("encv", avcc()), false, "'encv'"},
        EntryCase{"sets in band", video_entry("avc3", avcc()), false, "'avc3'"},
        EntryCase{"no configuration", video_entry("avc1", ""), false, "no decoder configuration"},
        EntryCase{"cut configuration", video_entry("avc1", box("avcC", avcc().substr(8, 9))), false, "avcC"},
        EntryCase{"hvcC without SPS", video_entry("hvc1", box("hvcC", "\x01" + text("", 21) + text("", 1))), false,
                  "lacks"},
        EntryCase{"cut hvcC", video_entry("hvc1", box("hvcC", hvcc(true).substr(8, 30))), false, "hvcC"},
        EntryCase{"no size", box("avc1", text("", 78) + avcc()), false, "damaged"},
        EntryCase{"children that do not fit", video_entry("avc1", avcc() + u32(500) + "colr"), false, "declares"},
        EntryCase{"PCM", box("sowt", text("", 28)), true, "'sowt'"},
        EntryCase{"cut entry", box("mp4a", text("", 20)), true, "cut"},
        EntryCase{"unknown version", audio_entry(esds(), 7), true, "version"},
        EntryCase{"no esds", audio_entry(""), true, "no decoder configuration"},
        EntryCase{"wave without esds", audio_entry(box("wave", ""), 1), true, "no decoder configuration"},
        EntryCase{"cut esds", audio_entry(full_box("esds", "\x03\x80")), true, "esds"},
        EntryCase{"MP3", audio_entry(esds(kStereoConfig, 0x6B)), true, "AAC-LC"},
        EntryCase{"HE-AAC", audio_entry(esds(std::string("\x2B\x11\x88\x00", 4))), true, "AAC-LC"},
        EntryCase{"channel map of its own", audio_entry(esds(std::string("\x11\x80", 2))), true, "AAC-LC"}));

}  // namespace
}  // namespace tokprep::mp4
