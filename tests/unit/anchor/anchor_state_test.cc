#include "anchor/anchor_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/crypto/hash.h"

namespace strongroom::anchor {
namespace {

log::Checkpoint CheckpointOf(std::uint64_t size) {
  return {"example.com/log", size, crypto::Sha256(AsBytes(std::to_string(size)))};
}

AnchorState Sample() {
  AnchorState state;
  state.handle = 0x01805200;
  state.root = {tpm::kPersistentStorageRoot, Bytes{0x00, 0x0B, 0x17}};
  state.every = 8;
  state.anchored = Step{41, crypto::Sha256(AsBytes("before")), CheckpointOf(12)};
  state.pending = CheckpointOf(20);
  return state;
}

ErrorCode ParseFailure(const std::string& text) {
  const auto parsed = ParseAnchorState(AsBytes(text));
  return parsed ? ErrorCode::kInternal : parsed.error().code;
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::invalid_argument(std::string(what));
  return text.replace(at, what.size(), with);
}

TEST(AnchorState, ComesBackFromItsText) {
  AnchorState state = Sample();
  EXPECT_EQ(*ParseAnchorState(AsBytes(SerializeAnchorState(state))), state);
  state.pending.reset();
  EXPECT_EQ(*ParseAnchorState(AsBytes(SerializeAnchorState(state))), state);
  state.anchored.reset();
  EXPECT_EQ(*ParseAnchorState(AsBytes(SerializeAnchorState(state))), state);
}

TEST(AnchorState, WhatIsNotWrittenIsMalformed) {
  const std::string good = SerializeAnchorState(Sample());
  EXPECT_EQ(ParseFailure(""), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(good + "\n"), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "anchor.v1", "anchor.v2")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "\"count\":41", "\"count\":0")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "\"every\":8", "\"every\":0")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "25186816", "1")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "\"every\":8", "\"every\":8,\"more\":1")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "\\n12\\n", "\\n012\\n")), ErrorCode::kMalformed);
}

TEST(AnchorState, PendingNeedsAnAnchoredOneBeforeIt) {
  AnchorState state = Sample();
  state.anchored.reset();
  EXPECT_EQ(ParseFailure(SerializeAnchorState(state)), ErrorCode::kMalformed);
}

TEST(Step, ChainTakesInCountAndCheckpoint) {
  const Step step{7, Digest{}, {"example.com/log", 3, Digest{}}};
  const Digest extension = crypto::Sha256(AsBytes(
      "strongroom.tpm-anchor.v1\n7\nexample.com/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"));
  EXPECT_EQ(step.Extension(), extension);
  const ByteView pieces[] = {step.before, extension};
  EXPECT_EQ(step.After(), crypto::Sha256(pieces));
}

TEST(Compare, FindsEachPlaceOnTheWay) {
  const AnchorState state = Sample();
  EXPECT_EQ(*Compare(state, 41, state.anchored->After()), Reached::kAnchored);
  EXPECT_EQ(*Compare(state, 42, state.anchored->After()), Reached::kCounted);
  EXPECT_EQ(*Compare(state, 42, state.Next().After()), Reached::kPending);
}

TEST(Compare, AnythingElseIsRolledBack) {
  AnchorState state = Sample();
  const Digest after = state.anchored->After();
  for (const std::uint64_t count : {40U, 43U}) {
    EXPECT_EQ(Compare(state, count, after).error().code, ErrorCode::kRolledBack) << count;
    EXPECT_EQ(Compare(state, count, state.Next().After()).error().code, ErrorCode::kRolledBack) << count;
  }
  EXPECT_EQ(Compare(state, 41, state.Next().After()).error().code, ErrorCode::kRolledBack);
  EXPECT_EQ(Compare(state, 41, Digest{}).error().code, ErrorCode::kRolledBack);
  state.pending.reset();
  EXPECT_EQ(Compare(state, 42, after).error().code, ErrorCode::kRolledBack);
}

TEST(Compare, FileThatNamesAnotherCheckpointIsRolledBack) {
  AnchorState state = Sample();
  const Digest after = state.anchored->After();
  state.anchored->checkpoint = CheckpointOf(11);
  EXPECT_EQ(Compare(state, 41, after).error().code, ErrorCode::kRolledBack);
}

}  // namespace
}  // namespace strongroom::anchor
