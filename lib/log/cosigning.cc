#include "strongroom/log/cosigning.h"

#include <array>
#include <mutex>
#include <optional>
#include <thread>

#include "strongroom/log/witness.h"

namespace strongroom::log {
namespace {

// Proofs from the head's tiles, for one thread after another.
class Prover {
 public:
  explicit Prover(LogReader& log) : log_(log) {}

  Expected<std::vector<Digest>> From(std::uint64_t old_size) {
    const std::lock_guard lock(mutex_);
    if (old_size == 0) return std::vector<Digest>();
    return TiledTree(log_.tiles(), log_.head().size).ConsistencyProof(old_size);
  }

 private:
  LogReader& log_;
  std::mutex mutex_;
};

std::string AddCheckpointUrl(std::string prefix) {
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix + "/add-checkpoint";
}

std::unexpected<Error> Contradiction(std::string why) {
  return Fail(
      ErrorCode::kRolledBack, std::move(why),
      "release nothing; find out whether the log's files were put back from an older copy, and compare them "
      "with what the witness published");
}

// One conversation with one witness, under the checkpoint that is to be cosigned.
class Conversation {
 public:
  Conversation(const WitnessPolicy& policy, std::size_t index, const LogReader& log, Prover& prover,
               const PostToWitness& post)
      : witness_(policy.witnesses()[index]),
        index_(index),
        size_(log.head().size),
        note_(log.head_note()),
        prover_(prover),
        post_(post) {}

  // The signature lines that the witness answered, verified.
  Expected<std::string> Run() {
    if (witness_.url.empty()) return Fail(ErrorCode::kNotFound, "the policy names no URL for it");
    std::string lines;
    SR_ASSIGN_OR_RETURN(auto other_size, Ask(0, lines));
    if (!other_size) return lines;
    const std::uint64_t known = *other_size;
    SR_ASSIGN_OR_RETURN(other_size, Ask(known, lines));
    if (!other_size) return lines;
    if (*other_size == known) return AtFault("it refuses a proof from the very size that it names");
    return Fail(ErrorCode::kUnavailable,
                "it cosigned another checkpoint meanwhile, of " + std::to_string(*other_size) + " entries",
                "ask again");
  }

 private:
  // Nothing once it cosigned, or the size that it cosigned last.
  Expected<std::optional<std::uint64_t>> Ask(std::uint64_t old_size, std::string& lines) {
    SR_ASSIGN_OR_RETURN(auto proof, prover_.From(old_size));
    const AddCheckpointRequest request{old_size, std::move(proof), note_};
    SR_ASSIGN_OR_RETURN(const WitnessAnswer answer, post_(index_, AddCheckpointUrl(witness_.url),
                                                          SerializeAddCheckpointRequest(request)));
    if (answer.status == 422 && old_size == 0)
      return AtFault("it refuses a first question, which proves nothing");
    if (answer.status == 422) return OtherEntries(old_size);
    auto outcome = ReadAddCheckpointAnswer(note_, answer.status, answer.body, std::array{witness_.key});
    if (answer.status == 409) {
      // Another root of the same size is a conflict too where version 1.0.0 of the protocol is spoken, and
      // some then name no size.
      const bool names_other_size = outcome && outcome->witness_size != old_size;
      if (!names_other_size && old_size == size_) return OtherEntries(old_size);
      if (!outcome && old_size == 0) return size_;
    }
    SR_RETURN_IF_ERROR(outcome);
    if (!outcome->witness_size) lines = answer.body;
    if (outcome->witness_size.value_or(0) > size_) {
      return Contradiction("it cosigned " + std::to_string(*outcome->witness_size) +
                           " entries of this log, which has " + std::to_string(size_) +
                           ": the log was rolled back or forked");
    }
    return outcome->witness_size;
  }

  static std::unexpected<Error> OtherEntries(std::uint64_t size) {
    return Contradiction("it cosigned " + std::to_string(size) +
                         " entries of this log that are not those in it: the log was forked");
  }
  static std::unexpected<Error> AtFault(std::string_view why) {
    return Fail(ErrorCode::kMalformed, "the witness is at fault: " + std::string(why));
  }

  const WitnessPolicy::Witness& witness_;
  std::size_t index_;
  std::uint64_t size_;
  const std::string& note_;
  Prover& prover_;
  const PostToWitness& post_;
};

std::vector<Expected<std::string>> AskAll(LogReader& log, const WitnessPolicy& policy,
                                          const PostToWitness& post) {
  Prover prover(log);
  std::vector<Expected<std::string>> lines(policy.witnesses().size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    threads.emplace_back([&, i] { lines[i] = Conversation(policy, i, log, prover, post).Run(); });
  }
  threads.clear();  // joins them
  return lines;
}

// The note with what a witness answered.
Expected<std::string> Join(const std::string& note, const WitnessPolicy::Witness& witness,
                           const Expected<std::string>& answer) {
  if (!answer) return std::unexpected(answer.error());
  SR_ASSIGN_OR_RETURN(AddCheckpointOutcome outcome,
                      ReadAddCheckpointAnswer(note, 200, *answer, std::array{witness.key}));
  return std::move(outcome.note);
}

}  // namespace

Expected<Cosigning> CollectCosignatures(LogReader& log, const WitnessPolicy& policy,
                                        const PostToWitness& post) {
  Cosigning cosigning{log.head_note(), {}};
  const auto answers = AskAll(log, policy, post);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const WitnessPolicy::Witness& witness = policy.witnesses()[i];
    Expected<std::string> joined = Join(cosigning.note, witness, answers[i]);
    if (joined) {
      cosigning.note = *std::move(joined);
      cosigning.outcomes.emplace_back();
    } else if (joined.error().code == ErrorCode::kRolledBack) {
      return std::unexpected(std::move(joined).error().With("witness '" + witness.name + "'"));
    } else {
      cosigning.outcomes.push_back(std::unexpected(std::move(joined).error()));
    }
  }
  return cosigning;
}

}  // namespace strongroom::log
