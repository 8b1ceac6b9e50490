/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDiscovery;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StsLookupTest {
    private final StsWorld sts = new StsWorld();
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private Instant now = Instant.parse("2026-12-01T12:00:00Z");
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    StsLookupTest() {
        sts.clock = () -> now;
        sts.served = StsWorld.policy("enforce", "mx.example.com");
    }

    private static String id(StsDiscovery discovery) {
        return discovery instanceof StsDiscovery.Found found ? found.kept().id()
            : discovery instanceof StsDiscovery.None none ? none.why().name() : discovery.toString();
    }

    private void runFetches() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Resolver that answers when the test says so, and counts the questions. */
    private final class SlowDns implements SecureDns {
        private final Deque<CompletableFuture<Lookup<DnsRecord>>> open = new ArrayDeque<>();
        private int questions;

        @Override
        @SuppressWarnings("unchecked") // Only TXT is asked for.
        public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
            CompletableFuture<Lookup<R>> answer = new CompletableFuture<>();
            questions++;
            open.add((CompletableFuture<Lookup<DnsRecord>>) (CompletableFuture<?>) answer);
            return answer;
        }

        void answer(CompletionStage<? extends Lookup<?>> answer) {
            CompletableFuture<Lookup<DnsRecord>> next = open.remove();
            answer.thenAccept(each -> next.complete(cast(each)));
        }

        @SuppressWarnings("unchecked") // As above.
        private Lookup<DnsRecord> cast(Lookup<?> answer) {
            return (Lookup<DnsRecord>) answer;
        }

        void timeOut() {
            open.remove().complete(new Lookup.Failed<>(DomainName.of(StsWorld.TXT), Lookup.Reason.TIMEOUT, Optional.empty(), "no reply",
                OptionalInt.empty()));
        }

        @Override
        public Optional<String> resolver(DomainName name, RecordType<?> type) {
            return Optional.empty();
        }
    }

    @Test
    void shouldFetchOnceForAllMailsOfADomain() {
        sts.threads = tasks::add;
        StsLookup lookup = sts.lookup(dns);
        StsSearch first = lookup.begin(StsWorld.DOMAIN);
        StsSearch second = lookup.begin(StsWorld.DOMAIN);
        assertThat(tasks).hasSize(1);
        assertThat(id(first.present())).isEqualTo("FETCH_FAILED");
        assertThat(second.whole()).isNotDone();
        runFetches();

        assertThat(sts.fetched).containsExactly("example.com FIRST");
        assertThat(id(first.present())).isEqualTo("1");
        assertThat(id(second.present())).isEqualTo("1");
    }

    @Test
    void shouldCountALifetimeFromTheBeginOfTheFetch() {
        sts.threads = tasks::add;
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        now = now.plusSeconds(10);
        runFetches();

        assertThat(sts.policy().fetched()).isEqualTo(now);
    }

    @Test
    void shouldFetchNotAgainWithinAMinuteWhateverTheId() {
        StsLookup lookup = sts.lookup(dns);
        lookup.begin(StsWorld.DOMAIN);
        dns.txt(StsWorld.TXT, "v=STSv1; id=2");
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("1");
        assertThat(sts.fetched).hasSize(1);

        now = now.plusSeconds(60);
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("2");
    }

    @Test
    void shouldPauseAfterAFailedFetch() {
        sts.served = StsWorld.failing();
        StsLookup lookup = sts.lookup(dns);
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("FETCH_FAILED");
        now = now.plusSeconds(299);
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("NOT_FETCHED_NOW");
        now = now.plusSeconds(1);
        lookup.begin(StsWorld.DOMAIN);

        assertThat(sts.fetched).hasSize(2);
    }

    @Test
    void shouldGoWithoutWhenNoThreadTakesTheFetch() {
        sts.threads = task -> {
            throw new RejectedExecutionException("too many");
        };

        assertThat(id(sts.lookup(dns).begin(StsWorld.DOMAIN).present())).isEqualTo("FETCH_FAILED");
        assertThat(sts.fetches().running(StsWorld.DOMAIN)).isEmpty();
    }

    @Test
    void shouldWaitForARecordThatIsSlowButComes() {
        SlowDns slow = new SlowDns();
        StsSearch search = sts.lookup(slow).begin(StsWorld.DOMAIN);
        assertThat(search.meanwhile()).isNotDone();
        slow.answer(dns.lookup(DomainName.of(StsWorld.TXT), RecordType.TXT));

        assertThat(id(search.present())).isEqualTo("1");
    }

    @Test
    void shouldWaitForATimeOutOncePerDomainAndFiveMinutes() {
        SlowDns slow = new SlowDns();
        StsLookup lookup = sts.lookup(slow);
        StsSearch search = lookup.begin(StsWorld.DOMAIN);
        slow.timeOut();
        assertThat(id(search.present())).isEqualTo("LOOKUP_FAILED");

        now = now.plus(StsLookup.TIMED_OUT).minusSeconds(1);
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("LOOKUP_FAILED");
        assertThat(slow.questions).isEqualTo(1);
        assertThat(lookup.begin(DomainName.of("example.net")).meanwhile()).isNotDone();

        now = now.plusSeconds(1);
        assertThat(lookup.begin(StsWorld.DOMAIN).meanwhile()).isNotDone();
    }

    @Test
    void shouldAskAnewWhatHadTimedOut() {
        SlowDns slow = new SlowDns();
        StsLookup lookup = sts.lookup(slow);
        lookup.begin(StsWorld.DOMAIN);
        slow.timeOut();
        lookup.askAnew(StsWorld.DOMAIN);
        assertThat(lookup.begin(StsWorld.DOMAIN).meanwhile()).isNotDone();

        assertThat(sts.forgotten).containsExactly(DomainName.of(StsWorld.TXT));
    }

    @Test
    void shouldUseTheKeptPolicyWhileTheRecordTimesOut() {
        SlowDns slow = new SlowDns();
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        StsLookup lookup = sts.lookup(slow);
        StsSearch search = lookup.begin(StsWorld.DOMAIN);
        slow.timeOut();

        assertThat(id(search.present())).isEqualTo("1");
        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("1");
    }

    @Test
    void shouldTakeADefectOfTheResolverForAFailedLookup() {
        dns.breakWith(new IllegalStateException("a defect"));

        assertThat(id(sts.lookup(dns).begin(StsWorld.DOMAIN).present())).isEqualTo("LOOKUP_FAILED");
    }

    @Test
    void shouldTakeADefectOfTheFetchForAFailedOne() {
        PolicyFetches fetches = new PolicyFetches((domain, purpose) -> {
            throw new IllegalStateException("a defect");
        }, sts, new PolicyFetches.Threads(Runnable::run, Runnable::run), sts.clock, new java.util.Random(1));

        StsLookup lookup = new StsLookup(dns, sts, fetches, sts.clock, sts.forgotten::add);

        assertThat(id(lookup.begin(StsWorld.DOMAIN).present())).isEqualTo("FETCH_FAILED");
    }

    @Test
    void shouldFetchNothingThatAnotherNodeFetchesAnew() {
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        now = now.plus(Duration.ofDays(1));
        sts.claimed = true;
        refresh(sts.fetches()).tick();
        assertThat(sts.fetched).containsExactly("example.com FIRST");

        sts.claimed = false;
        refresh(sts.fetches()).tick();
        assertThat(sts.fetched).containsExactly("example.com FIRST", "example.com REFRESH");
    }

    @Test
    void shouldTellOnceThatARefreshIsOverdue() {
        PolicyFetches fetches = sts.fetches();
        new StsLookup(dns, sts, fetches, sts.clock, sts.forgotten::add).begin(StsWorld.DOMAIN);
        PolicyRefresh refresh = refresh(fetches);
        sts.served = StsWorld.failing();
        Logger logger = (Logger) LoggerFactory.getLogger(PolicyFetches.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            now = now.plus(Duration.ofDays(1));
            refresh.tick();
            now = now.plus(Duration.ofDays(2));
            refresh.tick();
            assertThat(errors(log)).isEmpty();
            for (int i = 0; i < 3; i++) {
                now = now.plus(Duration.ofHours(26));
                refresh.tick();
            }

            assertThat(errors(log)).singleElement().asString().contains("example.com could not be fetched anew since");
        } finally {
            logger.detachAppender(log);
        }
    }

    private static List<String> errors(ListAppender<ILoggingEvent> log) {
        return log.list.stream().filter(event -> event.getLevel() == Level.ERROR).map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void shouldNoteWhenAPolicyWasAskedFor() {
        StsLookup lookup = sts.lookup(dns);
        lookup.begin(StsWorld.DOMAIN);
        now = now.plus(Duration.ofDays(3));
        lookup.begin(StsWorld.DOMAIN);

        assertThat(sts.policy().used()).isEqualTo(now);
    }

    private PolicyRefresh refresh(PolicyFetches fetches) {
        return new PolicyRefresh(new StsLookup(dns, sts, fetches, sts.clock, sts.forgotten::add), sts, fetches, sts.clock);
    }

    @Test
    void shouldFetchAnewByTheEndOfADayWhateverTheRecordSays() {
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        PolicyRefresh refresh = refresh(sts.fetches());
        dns.missing(StsWorld.TXT, RecordType.TXT);
        now = now.plus(Duration.ofHours(11));
        refresh.tick();
        assertThat(sts.fetched).hasSize(1);
        now = now.plus(Duration.ofHours(13));
        refresh.tick();

        assertThat(sts.fetched).containsExactly("example.com FIRST", "example.com REFRESH");
        assertThat(sts.policy().fetched()).isEqualTo(now);
    }

    @Test
    void shouldKeepAPolicyWhoseRefreshFails() {
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        Instant fetched = now;
        sts.served = StsWorld.failing();
        PolicyRefresh refresh = refresh(sts.fetches());
        for (int hour = 0; hour < 100; hour++) {
            now = now.plus(Duration.ofHours(1));
            refresh.tick();
        }
        CachedPolicy kept = sts.policy();

        assertThat(kept.fetched()).isEqualTo(fetched);
        assertThat(kept.isInForce(now)).isTrue();
        assertThat(kept.isOverdue(now)).isTrue();
        assertThat(sts.fetched).hasSizeBetween(50, 90);
    }

    @Test
    void shouldEndAPolicyByTheModeNone() {
        sts.lookup(dns).begin(StsWorld.DOMAIN);
        sts.served = PolicyFetch.of("version: STSv1\nmode: none\nmax_age: 86400\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        now = now.plus(Duration.ofDays(1));
        refresh(sts.fetches()).tick();

        assertThat(sts.policy().policy().enforces()).isFalse();
    }
}
