#include "tests/hostile/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/digest.h"
#include "base/json.h"
#include "pipeline/certificate.h"
#include "pipeline/folder.h"
#include "tests/hostile/second_look.h"
#include "tests/support/dice.h"

namespace tokprep::hostile {
namespace {

namespace fs = std::filesystem;

// What a file may be refused for. All else (internal, invalid_argument, io …) would blame us, the user or the disk.
constexpr std::array kFairRefusals = {ErrorCode::kUnsupportedInput, ErrorCode::kCorruptInput, ErrorCode::kNotCompliant,
                                      ErrorCode::kWorkerFailed};

std::vector<std::string> judge(const Error& error, const fs::path& input, const fs::path& output) {
  std::vector<std::string> violations;
  const std::string said = fmt::format("{}: {}", to_string(error.code), describe(error));
  if (std::ranges::find(kFairRefusals, error.code) == kFairRefusals.end())
    violations.push_back("no fair refusal: " + said);
  if (error.message.empty()) violations.push_back("a refusal without a word: " + said);
  if (error.file != input.string() && describe(error).find(input.filename().string()) == std::string::npos)
    violations.push_back("the error names no file: " + said);
  std::error_code missing;
  for (const auto& left : fs::recursive_directory_iterator(output, missing)) {
    if (!left.is_directory()) violations.push_back("left behind: " + left.path().string());
  }
  return violations;
}

/// The verdicts after the work: an object, or one for each part of a video that was split.
void judge_verdicts(const Json& verdicts, const Trial& trial, const Rules& rules,
                    std::vector<std::string>& violations) {
  if (verdicts.is_array()) {
    for (const Json& one : verdicts) judge_verdicts(one, trial, rules, violations);
    return;
  }
  for (const auto& [id, verdict] : verdicts.items()) {
    const Rule* rule = rules.find(id);
    if (verdict == "pass" || (rule != nullptr && rule->severity == Severity::kShould)) continue;
    if (id == "metadata.private" && trial.options.keep_metadata) continue;
    violations.push_back(fmt::format("the certificate itself says that {} is broken", id));
  }
}

void judge_output(const Json& output, const fs::path& folder, std::vector<std::string>& violations) {
  const fs::path file = folder / output.at("path").get<std::string>();
  std::error_code error;
  if (fs::file_size(file, error) != output.at("size_bytes").get<std::uintmax_t>() || error)
    violations.push_back(file.string() + " has another size than its certificate says");
  else if (sha256_of_file(file, RunContext{}).value_or("") != output.at("sha256").get<std::string>())
    violations.push_back(file.string() + " has another digest than its certificate says");
}

std::vector<std::string> judge(const Prepared& prepared, const Trial& trial, const Rules& rules,
                               const fs::path& certificate) {
  std::vector<std::string> violations;
  std::ifstream stream(certificate, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  try {
    const Json document = Json::parse(text);
    if (document.at("outputs").empty()) violations.push_back("nothing was made of it");
    for (const Json& output : document.at("outputs")) judge_output(output, certificate.parent_path(), violations);
    for (const Json& asset : document.at("assets")) judge_verdicts(asset.at("rules_after"), trial, rules, violations);
  } catch (const std::exception& error) {
    violations.push_back(fmt::format("its certificate cannot be read: {}", error.what()));
  }
  if (!trial.second_look || !violations.empty()) return violations;
  // Of a picture that is kept as it came, nobody promises that every frame decodes.
  const bool encoded = prepared.kind == "image" || prepared.plans.front().video.action == StreamAction::kEncode;
  for (const OutputFile& output : prepared.outputs) {
    for (std::string& complaint : complaints_about(output, encoded || output.role != "media"))
      violations.push_back(std::move(complaint));
  }
  return violations;
}

/// How long a trial goes without a step forward; a word that tells nothing new is none.
class Silence {
 public:
  using Clock = std::chrono::steady_clock;

  void hear(const Progress& progress) {
    if (progress.stage == stage_ && progress.done == done_) return;
    stage_ = progress.stage;
    done_ = progress.done;
    end();
  }

  void end() {
    const Clock::time_point now = Clock::now();
    longest_ = std::max<std::chrono::duration<double>>(longest_, now - since_);
    since_ = now;
  }

  [[nodiscard]] std::chrono::duration<double> longest() const { return longest_; }

 private:
  std::string stage_;
  double done_ = 0;
  Clock::time_point since_ = Clock::now();
  std::chrono::duration<double> longest_{};
};

Outcome play_in(const Trial& trial, const Rules& rules, Workers& workers, const RunContext& run,
                const fs::path& folder) {
  const fs::path input = folder / "in" / trial.mutation.name;
  const fs::path output = folder / "out";
  fs::create_directories(input.parent_path());
  std::ofstream(input, std::ios::binary) << trial.mutation.bytes;
  const auto list = collect_items({input}, {}, {});
  if (!list) return {list.error(), judge(list.error(), input, output)};
  if (list->items.size() != 1) return {{}, {fmt::format("it is {} items", list->items.size())}};
  PrepareRequest request;
  request.item = list->items.front();
  request.output_dir = output;
  request.options = trial.options;
  const Result<Prepared> prepared = prepare(request, rules, workers, run);
  if (!prepared) return {prepared.error(), judge(prepared.error(), input, output)};
  return {{}, judge(*prepared, trial, rules, certificate_path(request.item, output))};
}

}  // namespace

Result<Rules> short_rules() {
  constexpr double kMostSeconds = 8;
  return built_in_rules().with_overrides({{"video.duration_max", kMostSeconds}});
}

ConvertOptions draw_options(std::uint64_t seed) {
  constexpr std::array kFits = {Fit::kAuto, Fit::kPad, Fit::kCrop, Fit::kBlur};
  constexpr std::array kTooLong = {TooLong::kTrim, TooLong::kSplit};
  test::Dice dice(seed ^ 0x6F7074696F6E73);  // not the throws that drew the mutation
  ConvertOptions options;
  options.fit = dice.one_of(kFits);
  options.max_size = Size{360, 640};
  options.image_format = dice.once_in(3) ? ImageFormat::kWebp : ImageFormat::kJpeg;
  options.too_long = dice.one_of(kTooLong);
  options.too_short = dice.once_in(3) ? TooShort::kLoop : TooShort::kHold;
  options.thumbnail_auto = dice.once_in(4);
  options.keep_metadata = dice.once_in(4);
  options.silent_audio = dice.once_in(4);
  if (dice.once_in(4)) options.loudness_lufs = -14;
  options.quality = Quality::kSmall;
  options.preset = "ultrafast";
  if (dice.once_in(2)) options.max_loss = {1e6, 1};  // whatever was lost: to the encoders with it
  options.verify = dice.once_in(2) ? VerifyDepth::kFull : VerifyDepth::kAuto;
  return options;
}

Outcome play(const Trial& trial, const Rules& rules, Workers& workers, const fs::path& folder) {
  const fs::path own = folder / std::to_string(trial.seed);
  Silence silence;
  RunContext run;
  run.progress = [&](const Progress& progress) { silence.hear(progress); };
  Outcome outcome = play_in(trial, rules, workers, run, own);
  silence.end();
  outcome.longest_silence = silence.longest();
  std::error_code ignored;
  fs::remove_all(own, ignored);
  return outcome;
}

}  // namespace tokprep::hostile
