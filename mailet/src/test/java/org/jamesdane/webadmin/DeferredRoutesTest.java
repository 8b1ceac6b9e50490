/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeferredRoutesTest {
    private final Mails mails = new Mails();
    private final TestServer server = TestServer.of(new DeferredRoutes(mails, mails));

    @AfterEach
    void stop() {
        server.close();
    }

    /** Two mails in memory, and what was asked to be done with them. */
    private static final class Mails implements DeferredMails, DeferredImport {
        private final List<DeferredMail> all = List.of(mail("m1", "a@one.example"), mail("m2", "b@bücher.example"));
        private final List<String> done = new ArrayList<>();
        private boolean broken;
        private boolean shared;

        @Override
        public boolean ofAllNodes() {
            return shared;
        }

        private static DeferredMail mail(String id, String recipient) {
            Instant time = Instant.parse("2026-11-23T12:00:00Z");
            return new DeferredMail(id, "outgoing", Optional.of("provider.example"), List.of(recipient), time.plusSeconds(300),
                new DeferredMail.Progress(2, Optional.of(time), Optional.of("mx: it does not offer STARTTLS")));
        }

        private List<DeferredMail> matching(DeferredSelection selection) throws MailAccessException {
            if (broken) {
                throw new MailAccessException("The queue outgoing could not be read", new IllegalStateException("broken"));
            }
            return all.stream().filter(mail -> mail.recipients().stream().anyMatch(selection::includes)).toList();
        }

        @Override
        public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
            List<DeferredMail> found = matching(selection);
            return new Listing(found.subList(0, Math.min(limit, found.size())), found.size());
        }

        @Override
        public Moved importFrom(String url, Optional<String> queue) {
            if (!url.contains("://")) {
                throw new IllegalArgumentException("from=" + url + " is no URL");
            }
            done.add("import " + url + " into " + queue.orElse("any"));
            return new Moved(3, 2, 1, false, 9, true);
        }

        @Override
        public int release(DeferredSelection selection) throws MailAccessException {
            matching(selection).forEach(mail -> done.add("release " + mail.id()));
            return matching(selection).size();
        }

        @Override
        public int delete(DeferredSelection selection) throws MailAccessException {
            matching(selection).forEach(mail -> done.add("delete " + mail.id()));
            return matching(selection).size();
        }
    }

    private JsonNode json(String method, String path) throws Exception {
        HttpResponse<String> answer = server.call(method, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void shouldListAllOrThoseOfADomainInEitherSpelling() throws Exception {
        JsonNode all = json("GET", "/dane/deferred?limit=1");
        assertThat(all.at("/total").asInt()).isEqualTo(2);
        assertThat(all.at("/mails").findValuesAsText("id")).containsExactly("m1");
        assertThat(all.at("/mails/0/reason").asText()).isEqualTo("mx: it does not offer STARTTLS");
        assertThat(json("GET", "/dane/deferred?domain=xn--bcher-kva.example").at("/mails").findValuesAsText("id")).containsExactly("m2");
        assertThat(json("GET", "/dane/deferred?domain=other.example").at("/total").asInt()).isZero();
    }

    @Test
    void shouldTryTheMailOfADomainAgain() throws Exception {
        assertThat(json("POST", "/dane/domains/ONE.example?action=retry").at("/released").asInt()).isEqualTo(1);
        assertThat(mails.done).containsExactly("release m1");
    }

    @Test
    void shouldSayOfWhichNodesTheMailsAre() throws Exception {
        assertThat(json("GET", "/dane/deferred").at("/nodes").asText()).isEqualTo("this");
        mails.shared = true;
        assertThat(json("GET", "/dane/deferred").at("/nodes").asText()).isEqualTo("all");
        assertThat(json("POST", "/dane/domains/ONE.example?action=retry").at("/nodes").asText()).isEqualTo("all");
    }

    @Test
    void shouldPutEverythingBackIntoTheQueue() throws Exception {
        assertThat(json("POST", "/dane/deferred?action=drain").at("/released").asInt()).isEqualTo(2);
        assertThat(mails.done).containsExactly("release m1", "release m2");
        assertThat(server.call("POST", "/dane/deferred?action=other").statusCode()).isEqualTo(400);
    }

    @Test
    void shouldDeleteByRecipientAndNeverAllByMistake() throws Exception {
        assertThat(server.call("DELETE", "/dane/deferred?recipient=A@one.example").statusCode()).isEqualTo(204);
        assertThat(server.call("DELETE", "/dane/deferred?recipient=nobody@one.example").statusCode()).isEqualTo(204);
        assertThat(mails.done).containsExactly("delete m1");
        for (String query : List.of("", "?recipient=", "?recipient=one.example", "?recipient=@one.example", "?domain=one.example")) {
            assertThat(server.call("DELETE", "/dane/deferred" + query).statusCode()).as(query).isEqualTo(400);
        }
        assertThat(mails.done).hasSize(1);
    }

    /** A 204 has no content, and 0.1.0 answered 204. */
    @Test
    void shouldSayInHeadersHowManyItDeletedOnWhichNodes() throws Exception {
        HttpResponse<String> here = server.call("DELETE", "/dane/deferred?recipient=a@one.example");
        mails.shared = true;
        HttpResponse<String> everywhere = server.call("DELETE", "/dane/deferred?recipient=nobody@one.example");

        assertThat(here.statusCode()).isEqualTo(204);
        assertThat(here.headers().firstValue("Dane-Nodes")).contains("this");
        assertThat(here.headers().firstValue("Dane-Deleted")).contains("1");
        assertThat(everywhere.headers().firstValue("Dane-Nodes")).contains("all");
        assertThat(everywhere.headers().firstValue("Dane-Deleted")).contains("0");
    }

    @Test
    void shouldTakeOverARepository() throws Exception {
        JsonNode moved = json("POST", "/dane/deferred?action=import&from=cassandra://var/dane/deferred/outgoing&queue=outgoing");
        assertThat(moved.at("/taken").asInt()).isEqualTo(3);
        assertThat(moved.at("/already").asInt()).isEqualTo(2);
        assertThat(moved.at("/left").asInt()).isEqualTo(1);
        assertThat(moved.at("/done").asBoolean(true)).isFalse();
        assertThat(moved.at("/remaining").asInt()).isEqualTo(9);
        assertThat(moved.at("/nodes").asText()).isEqualTo("all");
        assertThat(mails.done).containsExactly("import cassandra://var/dane/deferred/outgoing into outgoing");
        for (String query : List.of("", "&from=", "&from=nothing")) {
            assertThat(server.call("POST", "/dane/deferred?action=import" + query).statusCode()).as(query).isEqualTo(400);
        }
    }

    @Test
    void shouldAnswer503WhenTheQueueCannotBeRead() throws Exception {
        mails.broken = true;

        assertThat(server.call("GET", "/dane/deferred").statusCode()).isEqualTo(503);
    }
}
