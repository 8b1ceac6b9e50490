/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.mail.MessagingException;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryStore.MailRepositoryStoreException;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.retry.Backoff;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that share repositories and may have one name. */
class ClaimedDeferralsTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String URL = "cassandra://var/dane/deferred/node/outgoing";
    private static final DeferredSelection ALL = new DeferredSelection.All();
    /** Looks until a store that could not be opened is tried again. */
    private static final int LOOKS = 5;

    private final Places.Repositories repositories = new Places.Repositories();
    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final List<ClaimedDeferrals> servers = new ArrayList<>();
    private boolean away;

    @AfterEach
    void close() {
        servers.forEach(ClaimedDeferrals::close);
    }

    /** While a server waits for an answer, others look. */
    private boolean othersLook(Duration time) {
        List.copyOf(servers).subList(0, servers.size() - 1).forEach(ClaimedDeferrals::look);
        return true;
    }

    private ClaimedDeferrals server(String id, Backoff patience) {
        ClaimedDeferrals server = new ClaimedDeferrals("The repository", new ClaimedDeferrals.Source() {
            @Override
            public RepositoryClaim claim() throws MailRepositoryStoreException {
                return new RepositoryClaim(claims(), id, () -> NOON);
            }

            @Override
            public DeferralBackend store() throws MailRepositoryStoreException, MessagingException {
                return new RepositoryDeferralStore(queue, new DailyRepository(repositories, MailRepositoryUrl.from(URL), () -> NOON),
                    () -> NOON, false, 5, Duration.ofHours(1));
            }
        }, patience);
        servers.add(server);
        return server;
    }

    private MailRepository claims() throws MailRepositoryStoreException {
        if (away) {
            throw new MailRepositoryStoreException("no host of the cluster answers");
        }
        return repositories.repository(URL + DailyRepository.CLAIM);
    }

    private ClaimedDeferrals opened(String id) throws Exception {
        ClaimedDeferrals server = server(id, this::othersLook);
        server.open();
        return server;
    }

    private List<String> claimKeys() throws Exception {
        List<String> keys = new ArrayList<>();
        for (Iterator<MailKey> each = claims().list(); each.hasNext();) {
            keys.add(each.next().asString());
        }
        return keys;
    }

    private static void defer(DeferralBackend store) throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail("mail", Mails.TEXT, "bob@example.com"));
        store.defer(mail, mail.envelope().recipients(), MailHistory.NEW, Duration.ofMinutes(5));
    }

    @Test
    void shouldTurnASecondServerOfOneNameAway() throws Exception {
        ClaimedDeferrals first = opened("b");
        ClaimedDeferrals second = server("a", this::othersLook);

        assertThatThrownBy(second::open).isInstanceOf(RepositoryClaim.TakenException.class).hasMessageContaining("same name");
        first.look();
        defer(first);
        assertThatThrownBy(() -> defer(second)).isInstanceOf(MailAccessException.class);
        assertThat(claimKeys()).as("no question and no answer is left").containsExactly("held-by-b");
    }

    @Test
    void shouldFollowAServerThatHasEndedOrWasKilled() throws Exception {
        ClaimedDeferrals first = opened("a");
        first.close();
        servers.clear();
        assertThat(claimKeys()).isEmpty();
        opened("b");
        // Killed: it looks no more, and takes nothing back.
        servers.clear();
        defer(opened("c"));
        assertThat(claimKeys()).containsExactly("held-by-c");
    }

    /** Both ask before either has the claim; they take turns, a look each. */
    @Test
    void shouldLetOneOfTwoThatStartTogetherGoOn() throws Exception {
        CyclicBarrier turn = new CyclicBarrier(2);
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        // Somebody who was killed, so that both have a reason to wait.
        claims().store(Mails.mail("held-by-x", Mails.TEXT, "bob@example.com"));
        List<Future<Object>> both = threads.invokeAll(Stream.of("a", "b").<Callable<Object>>map(id -> () -> {
            try {
                new RepositoryClaim(claims(), id, () -> NOON).take(time -> together(turn));
                return taken.incrementAndGet();
            } catch (RepositoryClaim.TakenException e) {
                return refused.incrementAndGet();
            } finally {
                turn.reset();
            }
        }).toList(), 30, TimeUnit.SECONDS);
        for (Future<Object> each : both) {
            assertThat(each.get()).isEqualTo(1);
        }
        threads.shutdown();
        assertThat(taken).hasValue(1);
        assertThat(refused).hasValue(1);
    }

    private static boolean together(CyclicBarrier turn) {
        try {
            turn.await(5, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (BrokenBarrierException | TimeoutException e) {
            // The other one has come to its end.
            return false;
        }
    }

    @Test
    void shouldLeaveTheMailToAnotherOnceItStoodStillForTooLong() throws Exception {
        ClaimedDeferrals stoodStill = opened("a");
        servers.clear();
        ClaimedDeferrals second = opened("b");
        servers.add(stoodStill);

        stoodStill.look();
        assertThatThrownBy(() -> defer(stoodStill)).isInstanceOf(MailAccessException.class);
        assertThat(stoodStill.problems()).singleElement().asString().contains("same name").contains("deferral.node");
        defer(second);
        second.close();
        for (int i = 0; i < LOOKS; i++) {
            stoodStill.look();
        }
        assertThat(stoodStill.release(ALL)).as("the other one has ended").isEqualTo(1);
    }

    @Test
    void shouldOpenLaterWhatCanNotBeOpenedAtTheStart() throws Exception {
        away = true;
        ClaimedDeferrals server = server("a", time -> true);
        server.open();
        assertThatThrownBy(() -> defer(server)).isInstanceOf(MailAccessException.class).hasMessageContaining("no host of the cluster");
        assertThat(server.problems()).singleElement().asString().contains("no host of the cluster answers");

        away = false;
        for (int i = 0; i < LOOKS; i++) {
            server.look();
        }
        defer(server);
        assertThat(server.problems()).isEmpty();
    }

    @Test
    void shouldNotWaitForAKindOfRepositoryThatJamesDoesNotHave() {
        ClaimedDeferrals server = new ClaimedDeferrals("The repository", new ClaimedDeferrals.Source() {
            @Override
            public RepositoryClaim claim() throws MailRepositoryStoreException {
                throw new MailRepositoryStore.UnsupportedRepositoryStoreException("no such protocol");
            }

            @Override
            public DeferralBackend store() {
                throw new UnsupportedOperationException();
            }
        }, time -> true);
        servers.add(server);
        assertThatThrownBy(server::open).isInstanceOf(MailRepositoryStore.UnsupportedRepositoryStoreException.class);
    }
}
