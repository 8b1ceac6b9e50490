/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.junit.jupiter.api.Test;

/** Mail that the store refuses again and again: ours, until others show that it is the mail's. */
class StoreBlameTest extends BlameBed {
    @Test
    void shouldAgeAMailThatOnlyTheStoreRefuses() {
        DeliveryWorker<Named> worker = world(world.plain());
        refused = mail -> mail.name().equals("poison");
        worker.process(item(waiting("poison")), SitePass.FREE);
        StorageRetryQueue.Work work = aside.get(0);
        for (int failures = 0; failures < 5; failures++) {
            assertThat(work.pause(failures)).isEqualTo(Backoff.after(failures));
            assertThat(work.tryAgain()).isFalse();
        }
        assertThat(blamed).isEmpty();

        // The tenth refusal.
        storeOthers(worker, 3);
        now = now.plusSeconds(60);
        assertThat(work.tryAgain()).isFalse();
        assertThat(blamed).extracting(BlamedMail::step).containsExactly(Fault.STORE);
        assertThat(work.pause(0)).isBetween(Duration.ofHours(6), Duration.ofMinutes(396));
        assertThat(worker.canDefer()).as("the store is well").isTrue();

        Instant begun = now;
        boolean done = false;
        for (int tries = 0; !done && tries < 100; tries++) {
            now = now.plus(work.pause(0)).minusSeconds(3);
            storeOthers(worker, 3);
            done = work.tryAgain();
            assertThat(notices).as("a notice before its time").hasSize(done ? 1 : 0);
        }
        assertThat(done).isTrue();
        assertThat(notices.get(0).text()).contains("120 hours", "could not be stored");
        assertThat(notices.get(0).code()).hasToString("5.3.0");
        assertThat(Duration.between(begun, now)).isBetween(LIFETIME, LIFETIME.plusHours(7));
        assertThat(ends).endsWith("done poison");
        assertThat(kept).extracting(Kept::name).doesNotContain("poison");
    }

    @Test
    void shouldNeverAgeAMailWhileTheStoreRefusesAll() {
        DeliveryWorker<Named> worker = world(world.plain());
        refused = mail -> true;
        Named mail = waiting("mail");
        worker.process(item(mail), SitePass.FREE);
        worker.process(item(waiting("other")), SitePass.FREE);
        StorageRetryQueue.Work work = aside.get(0);
        for (int failures = 0; failures < 40; failures++) {
            now = now.plus(Duration.ofHours(1));
            assertThat(work.tryAgain()).isFalse();
        }
        assertThat(blamed).isEmpty();
        assertThat(worker.canDefer()).isFalse();

        refused = other -> false;
        assertThat(work.tryAgain()).isTrue();
        assertThat(kept.get(0).history().retries()).isEqualTo(1);
        assertThat(kept.get(0).history().age().orElseThrow().at(now)).as("40 hours without a store").isZero();
        assertThat(ends).containsExactly("done mail");
    }

    @Test
    void shouldNotTryAMailAtOnceThatTheStoreRefuses() {
        DeliveryWorker<Named> worker = world(world.plain());
        left = Duration.ofMinutes(25);
        refused = mail -> mail.name().equals("poison");
        Named poison = waiting("poison");
        worker.process(item(poison), SitePass.FREE);
        for (int failures = 0; failures < 6; failures++) {
            aside.get(0).tryAgain();
        }
        storeOthers(worker, 3);
        left = Duration.ofSeconds(61);
        assertThat(aside.get(0).tryAgain()).isFalse();
        assertThat(aside.get(0).pause(0)).isEqualTo(Duration.ofSeconds(1));
        left = Duration.ofSeconds(60);
        assertThat(aside.get(0).tryAgain()).isTrue();
        assertThat(ends).endsWith("put back poison");

        left = Duration.ofMinutes(25);
        asked = 0;
        worker.process(item(poison), SitePass.FREE);
        assertThat(asked).as("attempts").isZero();
        now = now.plus(Duration.ofHours(7));
        worker.process(item(poison), SitePass.FREE);
        assertThat(asked).as("attempts").isEqualTo(1);
    }

    /** A mail that has to be stored, since its domain can't be looked up. */
    private static Named waiting(String name) {
        return new Named(name, "alice@one.example", "bob@down.example", MailHistory.NEW, false);
    }

    private void storeOthers(DeliveryWorker<Named> worker, int number) {
        for (int i = 0; i < number; i++) {
            now = now.plusSeconds(1);
            worker.process(item(new Named("other" + i, "carol" + i + "@two.example", "dave@down" + i + ".example", MailHistory.NEW,
                false)), SitePass.FREE);
        }
    }
}
