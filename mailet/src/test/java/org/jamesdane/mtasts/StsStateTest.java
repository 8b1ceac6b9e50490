/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import org.jamesdane.dane.trace.Labels;
import org.junit.jupiter.api.Test;

/** The state machine of a domain's policy, where the table has no columns. */
class StsStateTest {
    private static final Instant NOW = StsBed.NOW;
    static final String NOTHING = "-";

    static void follow(List<String> row, StsState.Fetch step, FetchHistory history) {
        StsState.Conclusion end = StsState.conclude(step, StsBed.fetch(row.get(4)), history, NOW, StsBed.random());
        assertThat(shown(end.discovery())).isEqualTo(row.get(5));
        assertThat(end.keep().map(kept -> shown(kept) + kept.failingSince().map(since -> " failing " + age(since)).orElse(""))
            .orElse(NOTHING)).isEqualTo(row.get(6));
        assertThat(end.report().map(report -> report.type() + (report.lines().isEmpty() ? "" : " lines")).orElse(NOTHING))
            .isEqualTo(row.get(7));
        boolean failed = !row.get(7).equals(NOTHING) || row.get(6).contains("failing");
        assertThat(end.history().allows(step.id(), NOW.plusSeconds(61))).isEqualTo(!failed);
        assertThat(end.history().allows(step.id(), NOW.plusSeconds(59))).isFalse();
        assertThat(end.history().allows("other", NOW.plusSeconds(61))).isTrue();
    }

    static String shown(StsDiscovery discovery) {
        if (discovery instanceof StsDiscovery.Found found) {
            return shown(found.kept());
        }
        return discovery instanceof StsDiscovery.None none ? "none " + Labels.of(none.why())
            : discovery instanceof StsDiscovery.Unreadable ? "unreadable" : "not asked";
    }

    private static String shown(CachedPolicy kept) {
        return kept.policy().mode() + " " + kept.id() + " " + written(Duration.between(NOW, kept.expires()));
    }

    private static String age(Instant since) {
        return written(Duration.between(since, NOW));
    }

    private static String written(Duration time) {
        return time.isZero() ? "0s" : time.toDays() + "d";
    }

    @Test
    void shouldGiveAMailThatCannotWaitTheKeptPolicyOrNone() {
        StsState.Step first = StsState.begin(new StsState.Nothing(), StsBed.record("id A"), FetchHistory.NONE, NOW);
        StsState.Step changed = StsState.begin(StsBed.knowledge("enforce A 1d of 7d"), StsBed.record("id B"), FetchHistory.NONE, NOW);

        assertThat(shown(first.meanwhile())).isEqualTo("none fetch-failed");
        assertThat(shown(changed.meanwhile())).isEqualTo("enforce A 6d");
    }

    @Test
    void shouldEndAPolicyThatExpiresDuringTheFetch() {
        StsState.Fetch step = (StsState.Fetch) StsState.begin(StsBed.knowledge("enforce A 7d of 7d"), StsBed.record("id B"),
            FetchHistory.NONE, NOW);
        StsState.Conclusion end = StsState.conclude(step, StsBed.fetch("unavailable"), FetchHistory.NONE.started(NOW), NOW.plusSeconds(1),
            StsBed.random());

        assertThat(shown(end.discovery())).isEqualTo("none fetch-failed");
        assertThat(end.keep()).isEmpty();
        assertThat(end.report().orElseThrow().lines()).isEmpty();
    }

    @Test
    void shouldNotProlongAPolicyByAnUnchangedRecord() {
        CachedPolicy kept = StsBed.kept("enforce A 6d of 7d");
        StsState.Step step = StsState.begin(new StsState.Policy(kept), StsBed.record("id A"), FetchHistory.NONE, NOW);

        assertThat(step.meanwhile()).isEqualTo(new StsDiscovery.Found(kept));
        assertThat(kept.usedAt(NOW).expires()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        assertThat(kept.isInForce(NOW.plus(Duration.ofDays(1)))).isTrue();
        assertThat(kept.isInForce(NOW.plus(Duration.ofDays(1)).plusNanos(1))).isFalse();
    }

    @Test
    void shouldKeepTheTimeOfTheLastDeliveryOverRefreshes() {
        CachedPolicy kept = StsBed.kept("enforce A 1d of 300d due used 100d");
        StsState.Fetch step = StsState.refresh(kept, StsBed.record("absent"), FetchHistory.NONE, NOW).orElseThrow();
        CachedPolicy refreshed = StsState.conclude(step, StsBed.fetch("enforce 300d"), FetchHistory.NONE, NOW, StsBed.random()).keep()
            .orElseThrow();

        assertThat(refreshed.used()).isEqualTo(NOW.minus(Duration.ofDays(100)));
        assertThat(refreshed.usedAt(NOW).used()).isEqualTo(NOW);
        assertThat(refreshed.usedAt(NOW).usedAt(NOW.minusSeconds(5)).used()).isEqualTo(NOW);
    }

    @Test
    void shouldRefreshWithinADayAtTimesThatNobodyForesees() {
        StsState.Fetch step = (StsState.Fetch) StsState.begin(new StsState.Nothing(), StsBed.record("id A"), FetchHistory.NONE, NOW);
        Random random = StsBed.random();
        List<Long> hours = Stream.generate(() -> StsState.conclude(step, StsBed.fetch("enforce 30d"), FetchHistory.NONE, NOW, random).keep()
            .orElseThrow()).limit(1000).map(kept -> Duration.between(NOW, kept.refreshAfter()).toHours()).toList();

        assertThat(hours).allMatch(each -> each >= 12 && each < 24).contains(12L, 17L, 23L);
        assertThat(StsState.conclude(step, StsBed.fetch("enforce 2h"), FetchHistory.NONE, NOW, random).keep().orElseThrow().refreshAfter())
            .isBetween(NOW.plus(Duration.ofMinutes(30)), NOW.plus(Duration.ofHours(1)));
    }

    @Test
    void shouldTryAFailedRefreshAgainAfterThePause() {
        StsState.Fetch step = StsState.refresh(StsBed.kept("enforce A 1d of 7d due"), StsBed.record("absent"),
            StsBed.history("A x2 20m"), NOW).orElseThrow();
        CachedPolicy failed = StsState.conclude(step, StsBed.fetch("unavailable"), StsBed.history("A x2 20m"), NOW, StsBed.random()).keep()
            .orElseThrow();

        assertThat(failed.refreshAfter()).isEqualTo(NOW.plus(Duration.ofMinutes(20)));
        assertThat(failed.wantsRefresh(NOW.plus(Duration.ofMinutes(20)))).isTrue();
        assertThat(failed.fetched()).isEqualTo(NOW.minus(Duration.ofDays(1)));
    }

    @Test
    void shouldBlameNobodyForAFetchThatIsPostponed() {
        PolicyFetch postponed = new PolicyFetch.Postponed("no place");
        FetchHistory history = FetchHistory.NONE.started(NOW);
        StsState.Fetch first = (StsState.Fetch) StsState.begin(new StsState.Nothing(), StsBed.record("id A"), FetchHistory.NONE, NOW);
        StsState.Fetch again = StsState.refresh(StsBed.kept("enforce A 1d of 7d due"), StsBed.record("absent"), FetchHistory.NONE, NOW)
            .orElseThrow();
        StsState.Conclusion none = StsState.conclude(first, postponed, history, NOW, StsBed.random());
        StsState.Conclusion kept = StsState.conclude(again, postponed, history, NOW, StsBed.random());

        assertThat(shown(none.discovery())).isEqualTo("none not-fetched-now");
        assertThat(shown(kept.discovery())).isEqualTo("enforce A 6d");
        assertThat(none.keep()).isEmpty();
        assertThat(kept.keep().orElseThrow().refreshAfter()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
        assertThat(List.of(none, kept)).allMatch(each -> each.report().isEmpty() && each.history().equals(history));
    }

    @Test
    void shouldTellOfRefreshesThatFailForDaysOrHalfTheLifetime() {
        assertThat(StsBed.kept("enforce A 4d of 30d due failing 3d").isOverdue(NOW)).isTrue();
        assertThat(StsBed.kept("enforce A 4d of 30d due failing 71h").isOverdue(NOW)).isFalse();
        assertThat(StsBed.kept("enforce A 20h of 1d due failing 12h").isOverdue(NOW)).isTrue();
        assertThat(StsBed.kept("enforce A 20h of 1d due failing 11h").isOverdue(NOW)).isFalse();
        assertThat(StsBed.kept("enforce A 20d of 30d due").isOverdue(NOW)).isFalse();
        assertThat(StsBed.kept("enforce A 8d of 7d due failing 5d").isOverdue(NOW)).isFalse();
        Instant later = NOW.plus(Duration.ofDays(3));
        assertThat(StsBed.kept("enforce A 1d of 30d due").isOverdue(later)).as("none was tried").isTrue();
        assertThat(StsBed.kept("enforce A 1d of 30d due").isOverdue(later.minusMillis(1))).isFalse();
        assertThat(StsBed.kept("enforce A 1d of 30d due used 178d").isOverdue(later)).as("nobody needs it").isFalse();
        assertThat(StsBed.kept("testing A 4d of 30d due failing 4d").isOverdue(NOW)).isFalse();
        assertThat(StsBed.kept("none A 4d of 30d due failing 4d").isOverdue(NOW)).isFalse();
    }

    @Test
    void shouldNeverGiveUpAPolicyThatIsEnforced() {
        CachedPolicy enforce = StsBed.kept("enforce A 1d of 7d");
        CachedPolicy testing = StsBed.kept("testing A 1d of 7d");
        CachedPolicy none = StsBed.kept("none A 1d of 7d");
        CachedPolicy expired = StsBed.kept("enforce A 8d of 7d");

        assertThat(Stream.of(enforce, testing, none, expired).map(kept -> kept.worth(NOW))).containsExactly(CachedPolicy.Worth.ENFORCE,
            CachedPolicy.Worth.TESTING, CachedPolicy.Worth.NONE, CachedPolicy.Worth.EXPIRED).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(List.of(enforce, testing, none)).allSatisfy(other -> {
            assertThat(enforce.makesWayFor(other, NOW)).isFalse();
            assertThat(expired.makesWayFor(other, NOW)).isTrue();
        });
        assertThat(List.of(testing, none)).allSatisfy(kept -> {
            assertThat(kept.makesWayFor(enforce, NOW)).isTrue();
            assertThat(kept.makesWayFor(testing, NOW)).isFalse();
            assertThat(kept.makesWayFor(none, NOW)).isFalse();
        });
    }

    @Test
    void shouldWriteOverAnotherFetchOnlyWithALaterOne() {
        CachedPolicy stored = StsBed.kept("enforce A 2d of 7d");

        assertThat(StsBed.kept("none B 1d of 7d").mayReplace(stored)).isTrue();
        assertThat(StsBed.kept("enforce A 3d of 7d").mayReplace(stored)).isFalse();
        assertThat(StsBed.kept("enforce B 2d of 7d").mayReplace(stored)).isFalse();
        assertThat(StsBed.kept("enforce A 2d of 7d failing 1d").mayReplace(stored)).isTrue();
    }

    @Test
    void shouldBoundTheFailuresItRemembers() {
        FetchHistory history = FetchHistory.NONE;
        for (int i = 0; i < 100; i++) {
            history = history.failed("id" + i, NOW.plusSeconds(i), "gone");
        }
        assertThat(history.failures()).hasSize(FetchHistory.MAX_IDS).containsKey("id99").containsKey("id40").doesNotContainKey("id39");
        assertThat(history.failed("id99", NOW.plusSeconds(200), "gone").failures()).hasSize(FetchHistory.MAX_IDS);
        assertThat(history.failed("new", NOW.plus(Duration.ofHours(2)), "gone").failures()).containsOnlyKeys("new");
    }

    @Test
    void shouldForgetTheFailuresOfAnIdThatSucceeded() {
        FetchHistory history = FetchHistory.NONE.failed("A", NOW, "gone").failed("A", NOW.plusSeconds(300), "gone")
            .failed("B", NOW.plusSeconds(300), "gone");

        assertThat(history.failures().get("A")).isEqualTo(new FetchHistory.Failure(2, NOW.plusSeconds(300), "gone"));
        assertThat(history.succeeded("A", Optional.empty()).failures()).containsOnlyKeys("B");
        assertThat(history.succeeded("A", Optional.empty()).pause("A")).isEqualTo(Duration.ZERO);
        assertThat(history.failed("B", NOW.plus(Duration.ofHours(9)), "gone").failures()).containsOnlyKeys("B")
            .containsEntry("B", new FetchHistory.Failure(2, NOW.plus(Duration.ofHours(9)), "gone"));
    }
}
