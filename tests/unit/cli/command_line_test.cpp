#include "pipeline/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/cli/help.h"
#include "pipeline/cli/options_table.h"

namespace tokprep::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<Command> parsed(std::vector<std::string> words) { return parse(words); }

template <class V>
V verb_of(const Result<Command>& command) {
  EXPECT_TRUE(command.has_value()) << (command ? "" : command.error().message);
  if (!command || !std::holds_alternative<V>(command->verb)) return {};
  return std::get<V>(command->verb);
}

std::string refusal(std::vector<std::string> words) {
  const auto command = parse(words);
  EXPECT_FALSE(command.has_value());
  if (command) return "";
  EXPECT_EQ(command.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(command.error().fix, StartsWith("see tokprep"));
  return command.error().message;
}

TEST(CommandLine, EachVerbBecomesItsStruct) {
  EXPECT_THAT(verb_of<ProbeCommand>(parsed({"probe", "a", "b"})).files, ElementsAre("a", "b"));
  EXPECT_EQ(verb_of<PrepareCommand>(parsed({"prepare", "in", "-o", "out"})).output_dir, "out");
  EXPECT_THAT(verb_of<UploadCommand>(parsed({"upload", "a"})).files, ElementsAre("a"));
  EXPECT_THAT(verb_of<StatusCommand>(parsed({"status", "id1", "id2"})).ids, ElementsAre("id1", "id2"));
  EXPECT_EQ(verb_of<RulesCommand>(parsed({"rules", "media.size_max"})).id, "media.size_max");
  EXPECT_EQ(verb_of<SandboxCommand>(parsed({"sandbox", "--port", "8080", "--delay", "200ms"})).port, 8080);
  verb_of<DoctorCommand>(parsed({"doctor"}));
}

TEST(CommandLine, ThumbnailTakesTimesInEveryForm) {
  for (const char* text : {"1500", "1500ms", "1.5s"}) {
    const auto command = verb_of<ThumbnailCommand>(parsed({"thumbnail", "clip.mov", "--at", text, "-o", "c.jpg"}));
    EXPECT_EQ(command.at, std::chrono::milliseconds(1500)) << text;
  }
  EXPECT_FALSE(verb_of<ThumbnailCommand>(parsed({"thumbnail", "clip.mov", "--at", "auto", "-o", "c.jpg"})).at);
  EXPECT_THAT(refusal({"thumbnail", "clip.mov", "--at", "-5", "-o", "c.jpg"}), HasSubstr("'-5'"));
  EXPECT_THAT(refusal({"thumbnail", "clip.mov", "--at", "1", "-o", "c.png"}), HasSubstr(".jpg"));
  EXPECT_THAT(refusal({"thumbnail", "clip.mov", "-o", "c.jpg"}), HasSubstr("--at"));
}

TEST(CommandLine, OptionsStandAnywhereAndInEveryForm) {
  const auto command = parsed({"--json", "prepare", "-oout", "in", "--jobs=3", "-qn"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_TRUE(command->common.json && command->common.quiet && command->common.dry_run);
  EXPECT_EQ(command->flags.jobs, 3);
  EXPECT_EQ(verb_of<PrepareCommand>(command).output_dir, "out");
}

TEST(CommandLine, TwoDashesEndTheOptions) {
  EXPECT_THAT(verb_of<ProbeCommand>(parsed({"probe", "--", "-x.mp4", "--json"})).files,
              ElementsAre("-x.mp4", "--json"));
}

TEST(CommandLine, AFileMayBeCalledLikeAVerb) {
  EXPECT_THAT(verb_of<ProbeCommand>(parsed({"probe", "upload", "probe"})).files, ElementsAre("upload", "probe"));
}

TEST(CommandLine, TextsAreTakenByteForByte) {
  for (const std::string caption : {"[new, hot]", "a=b", "", "-minus", "--=--", "line\nbreak", "\xff"}) {
    const auto command = parsed({"post", "a.mp4", "--caption=" + caption});
    ASSERT_TRUE(command) << command.error().message;
    EXPECT_EQ(command->flags.post.caption, caption);
  }
  const auto spaced = parsed({"post", "a.mp4", "--caption", "-minus"});
  ASSERT_TRUE(spaced);
  EXPECT_EQ(spaced->flags.post.caption, "-minus");
}

// "--caption --yes" would post "--yes" without asking.
TEST(CommandLine, AnOptionIsNotSwallowedAsAValue) {
  EXPECT_THAT(refusal({"post", "a.mp4", "--caption", "--yes"}), HasSubstr("--caption=--yes"));
  EXPECT_THAT(refusal({"post", "a.mp4", "--caption"}), HasSubstr("needs a value"));
  EXPECT_THAT(refusal({"post", "a.mp4", "--caption", "--"}), HasSubstr("needs a value"));
  const auto meant = parsed({"post", "a.mp4", "--caption=--yes"});
  ASSERT_TRUE(meant);
  EXPECT_EQ(meant->flags.post.caption, "--yes");
  EXPECT_FALSE(verb_of<PostCommand>(meant).yes);
}

TEST(CommandLine, ConversionOptionsAreRead) {
  const auto command = parsed({"prepare",
                               "in",
                               "-o",
                               "out",
                               "--fit",
                               "blur",
                               "--pad-color",
                               "#f80",
                               "--max-size",
                               "720x1280",
                               "--image-format",
                               "webp",
                               "--too-long",
                               "trim",
                               "--too-short",
                               "hold",
                               "--loudness",
                               "-14",
                               "--background",
                               "black",
                               "--keep-metadata",
                               "--thumbnail-offset",
                               "2s",
                               "--quality",
                               "best",
                               "--preset",
                               "fast",
                               "--verify",
                               "full"});
  ASSERT_TRUE(command) << command.error().message;
  ConvertOptions options;
  apply(command->flags.convert, options);
  EXPECT_EQ(options.fit, Fit::kBlur);
  EXPECT_EQ(options.pad_color, (Rgb{255, 136, 0}));
  EXPECT_EQ(options.max_size, (Size{720, 1280}));
  EXPECT_EQ(options.image_format, ImageFormat::kWebp);
  EXPECT_EQ(options.too_long, TooLong::kTrim);
  EXPECT_EQ(options.too_short, TooShort::kHold);
  EXPECT_EQ(options.loudness_lufs, -14);
  EXPECT_EQ(options.background, (Rgb{0, 0, 0}));
  EXPECT_TRUE(options.keep_metadata);
  EXPECT_EQ(options.thumbnail_offset_ms, 2000);
  EXPECT_EQ(options.quality, Quality::kBest);
  EXPECT_EQ(options.preset, "fast");
  EXPECT_EQ(options.verify, VerifyDepth::kFull);
}

TEST(CommandLine, VideoOptionsAreRead) {
  const auto command =
      parsed({"prepare", "a.mp4", "-o", "out", "--too-long", "split", "--too-short", "loop", "--encoder", "h264_nvenc",
              "--min-ssim", "0.98", "--audio-track", "2", "--silent-audio", "--max-loss", "2,5%", "--link"});
  ASSERT_TRUE(command) << command.error().message;
  ConvertOptions options;
  apply(command->flags.convert, options);
  EXPECT_EQ(options.too_long, TooLong::kSplit);
  EXPECT_EQ(options.too_short, TooShort::kLoop);
  EXPECT_EQ(options.encoder, "h264_nvenc");
  EXPECT_EQ(options.min_ssim, 0.98);
  EXPECT_EQ(options.audio_track, 2);
  EXPECT_TRUE(options.silent_audio);
  EXPECT_EQ(options.max_loss, (MaxLoss{2, 0.05}));
  EXPECT_TRUE(options.link);
}

TEST(CommandLine, LossIsSecondsOrAShare) {
  const auto loss = [](const char* text) {
    const auto command = parsed({"probe", "a", "--max-loss", text});
    return command ? command->flags.convert.max_loss.value_or(MaxLoss{-1, -1}) : MaxLoss{-1, -1};
  };
  EXPECT_EQ(loss("1.5"), (MaxLoss{1.5, 0}));
  EXPECT_EQ(loss("10%"), (MaxLoss{0, 0.1}));
  EXPECT_EQ(loss("0"), (MaxLoss{0, 0}));
}

TEST(CommandLine, PostOptionsAreRead) {
  const auto command =
      parsed({"post", "a.mp4", "--visibility", "private", "--draft", "--disable-duet", "--is-ai-generated=false",
              "--schedule", "2026-07-08T14:30:00+02:00", "--title", "T", "--image-cover-index", "2",
              "--thumbnail-offset", "1.5s", "--thumbnail", "https://x.example/c.jpg", "--yes"});
  ASSERT_TRUE(command) << command.error().message;
  const PostOptions& post = command->flags.post;
  EXPECT_EQ(post.visibility, Visibility::kPrivate);
  EXPECT_EQ(post.draft, true);
  EXPECT_EQ(post.disable_duet, true);
  EXPECT_EQ(post.is_ai_generated, false);
  EXPECT_FALSE(post.disable_stitch.has_value());
  EXPECT_EQ(post.schedule_date, "2026-07-08T12:30:00Z");
  EXPECT_EQ(post.image_cover_index, 2);
  EXPECT_EQ(post.thumbnail_offset_ms, 1500);
  EXPECT_EQ(post.thumbnail_url, "https://x.example/c.jpg");
  EXPECT_TRUE(verb_of<PostCommand>(command).yes);
}

TEST(CommandLine, TheTimingOfPostsIsRead) {
  const auto plain = verb_of<PostCommand>(parsed({"post", "a"}));
  EXPECT_EQ(plain.over_cap, OverCap::kStop);
  EXPECT_FALSE(plain.allow_duplicate_text || plain.calendar.every || plain.calendar.at || plain.calendar.from);
  const auto steps =
      verb_of<PostCommand>(parsed({"post", "a", "--every", "6h", "--from", "2026-12-24 18:00 Europe/Berlin",
                                   "--over-cap", "schedule", "--allow-duplicate-text"}));
  EXPECT_EQ(steps.over_cap, OverCap::kSchedule);
  EXPECT_TRUE(steps.allow_duplicate_text);
  EXPECT_EQ(steps.calendar.every, "6h");
  EXPECT_EQ(steps.calendar.from, "2026-12-24 18:00 Europe/Berlin");
  const auto daily = verb_of<PostCommand>(parsed({"post", "a", "--at", "09:00,18:30 Asia/Tokyo"}));
  EXPECT_EQ(daily.calendar.at, "09:00,18:30 Asia/Tokyo");
  EXPECT_EQ(parsed({"post", "a", "--schedule", "2026-12-24 18:00 Europe/Berlin"})->flags.post.schedule_date,
            "2026-12-24T17:00:00Z");
  EXPECT_THAT(refusal({"post", "a", "--schedule", "2026-12-24 18:00 Europe/Berln"}), HasSubstr("Europe/Berlin"));
  EXPECT_THAT(refusal({"post", "a", "--over-cap", "shcedule"}), HasSubstr("schedule"));
  EXPECT_THAT(refusal({"post", "a", "--at", "1500"}), HasSubstr("09:00,18:30"));
  EXPECT_THAT(refusal({"thumbnail", "v.mp4", "--at", "09:00", "-o", "t.jpg"}), HasSubstr("a time in the video"));
}

TEST(CommandLine, AThumbnailIsAFileOrAUrl) {
  EXPECT_EQ(verb_of<PostCommand>(parsed({"post", "a", "--thumbnail", "c.png"})).cover, "c.png");
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--thumbnail", "https://x.example/c.jpg"}), HasSubstr("URL"));
  EXPECT_THAT(refusal({"post", "a", "--thumbnail", "c.png", "--thumbnail", "https://x.example/c.jpg"}),
              HasSubstr("as a file and as a URL"));
}

TEST(CommandLine, SlipsNameTheNearestWord) {
  EXPECT_THAT(refusal({"post", "a.mp4", "--captoin", "x"}), HasSubstr("did you mean '--caption'?"));
  EXPECT_THAT(refusal({"prepar", "a.mp4"}), HasSubstr("did you mean 'prepare'?"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--fit", "pda"}), HasSubstr("did you mean 'pad'?"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--pad-color", "blakc"}), HasSubstr("did you mean 'black'?"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--caption", "x"}), HasSubstr("belongs to post"));
  EXPECT_THAT(refusal({"probe", "a", "-Z"}), HasSubstr("-Z"));
}

TEST(CommandLine, AsManyItemsAsThereAreCoresCanBeAskedFor) {
  EXPECT_EQ(parsed({"probe", "a", "--jobs", "auto"})->flags.jobs, 0);
  EXPECT_THAT(refusal({"probe", "a", "--jobs", "Auto"}), HasSubstr("neither 'auto' nor a whole number from 1 to 1024"));
  EXPECT_THAT(refusal({"probe", "a", "--jobs", "1025"}), HasSubstr("'1025'"));
}

TEST(CommandLine, ValuesThatDoNotFitAreNamed) {
  EXPECT_THAT(refusal({"probe", "a", "--jobs", "0"}), HasSubstr("--jobs: '0'"));
  EXPECT_THAT(refusal({"probe", "a", "--jobs", "many"}), HasSubstr("'many'"));
  EXPECT_THAT(refusal({"sandbox", "--port", "70000"}), HasSubstr("65535"));
  EXPECT_THAT(refusal({"post", "a", "--schedule", "tomorrow"}), HasSubstr("--schedule"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--max-size", "big"}), HasSubstr("1080x1920"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--loudness", "14"}), HasSubstr("LUFS"));
  for (const char* loss : {"-1", "101%", "1,", "%", "some"}) {
    EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--max-loss", loss}), HasSubstr("0.5,2%"));
  }
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--min-ssim", "1.2"}), HasSubstr("0.98"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--audio-track", "0"}), HasSubstr("from 1"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--preset", "warp"}), HasSubstr("superfast"));
  EXPECT_THAT(refusal({"prepare", "a", "-o", "o", "--pad-color", "#12345"}), HasSubstr("#rrggbb"));
  EXPECT_THAT(refusal({"post", "a", "--draft=maybe"}), HasSubstr("neither true nor false"));
  EXPECT_THAT(refusal({"probe", "a", "--config", ""}), HasSubstr("empty"));
}

TEST(CommandLine, WhatAVerbNeedsIsSaid) {
  EXPECT_THAT(refusal({}), HasSubstr("say what to do"));
  EXPECT_THAT(refusal({"probe"}), HasSubstr("FILE"));
  EXPECT_THAT(refusal({"probe", ""}), HasSubstr("empty"));
  EXPECT_THAT(refusal({"prepare", "a"}), HasSubstr("-o DIR"));
  EXPECT_THAT(refusal({"status", "--timeout", "1s"}), HasSubstr("--wait"));
  EXPECT_THAT(refusal({"doctor", "me"}), HasSubstr("'me'"));
  EXPECT_THAT(refusal({"rules", "a", "b"}), HasSubstr("'b'"));
  EXPECT_TRUE(parsed({"prepare", "a", "--dry-run"}).has_value());  // writes nothing, so it needs no folder
}

TEST(CommandLine, ThePointerToHelpNamesTheVerb) {
  const auto command = parsed({"post", "--captoin"});
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().fix, "see tokprep post --help");
}

// A key on the command line is in every process list.
TEST(CommandLine, ThereIsNoOptionForAKey) {
  for (const OptionSpec& option : option_table()) {
    if (option.name.find("key") == std::string::npos) continue;
    EXPECT_THAT(option.name, testing::AnyOf(testing::EndsWith("-file"), testing::EndsWith("-command")));
  }
}

TEST(Help, WinsOverEverythingElse) {
  EXPECT_EQ(verb_of<HelpCommand>(parsed({"post", "--help", "--no-such-thing"})).verb, Verb::kPost);
  EXPECT_FALSE(verb_of<HelpCommand>(parsed({"-h"})).verb.has_value());
  EXPECT_EQ(verb_of<HelpCommand>(parsed({"help", "rules"})).verb, Verb::kRules);
  verb_of<VersionCommand>(parsed({"--version"}));
}

TEST(Help, BeginsWithExamplesAndListsTheExitCodes) {
  EXPECT_THAT(help_text(std::nullopt), StartsWith("Examples:\n  tokprep "));
  for (const char* code : {"0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "8 ", "129, 130, 143"}) {
    EXPECT_THAT(help_text(std::nullopt), HasSubstr(std::string("  ") + code)) << code;
  }
}

TEST(Help, OfEachVerbNamesEachOfItsOptions) {
  for (const auto& [verb, name] : EnumNames<Verb>::kTable) {
    const std::string text = help_text(verb);
    EXPECT_THAT(text, StartsWith("Examples:\n  tokprep " + std::string(name)));
    for (const OptionSpec& option : option_table()) {
      const bool named = text.find(option.name + (option.is_switch() ? " " : " " + option.value)) != std::string::npos;
      EXPECT_EQ(named, option.is_for(verb)) << name << " " << option.name;
    }
  }
}

}  // namespace
}  // namespace tokprep::cli
