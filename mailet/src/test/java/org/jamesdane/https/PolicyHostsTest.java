/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher.Purpose;
import org.jamesdane.testing.pki.Credential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PolicyHostsTest {
    private static final Credential CREDENTIAL = HttpsFaultsTest.ROOT.leaf(HttpsFaultsTest.HOST).issue();

    private final TestAlarm alarm = new TestAlarm();

    private ScriptedHost host(String script) throws IOException {
        return ScriptedHost.start(new ScriptedHost.Script(Optional.of(CREDENTIAL), HttpsFaultsTest.HOST, script), alarm);
    }

    private PolicyHosts client(ScriptedHost host) {
        return HttpsFaultsTest.client(host, alarm);
    }

    private static CompletableFuture<String> later(PolicyHosts client, Purpose purpose) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> result.complete(HttpsFaultsTest.word(client.fetch(HttpsFaultsTest.DOMAIN, purpose))));
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static String result(CompletableFuture<String> later) throws Exception {
        return later.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldAskForThePolicyAndNothingElse() throws Exception {
        try (ScriptedHost host = host(HttpsFaultsTest.GOOD); PolicyHosts client = client(host)) {
            PolicyFetch fetched = client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST);

            assertThat(((PolicyFetch.Fetched) fetched).policy().body()).isEqualTo(HttpsFaultsTest.POLICY);
            assertThat(host.requests()).containsExactly(String.join("\r\n", "GET /.well-known/mta-sts.txt HTTP/1.1",
                "Host: mta-sts.example.com", "Accept: text/plain", "Accept-Encoding: identity", "Connection: close", "", ""));
        }
    }

    @Test
    void shouldProveNothingWithoutACa() throws Exception {
        try (ScriptedHost host = host(HttpsFaultsTest.GOOD);
                PolicyHosts client = new PolicyHosts(new TestDns(name -> List.of(host.address())), new PolicyHosts.Terms(Authorities.NONE,
                    List.of(AddressRange.parse("127.0.0.0/8")), host.port(), PolicyHosts.LIMIT), () -> HttpsFaultsTest.NOW, alarm)) {
            assertThat(HttpsFaultsTest.word(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST))).startsWith("CERTIFICATE ");
            assertThat(host.requests()).isEmpty();
        }
    }

    /** The system's proxies would see who is asked for what; ours have no part in it. */
    @Test
    void shouldUseNoProxyOfTheSystem() throws Exception {
        System.setProperty("socksProxyHost", "127.0.0.1");
        System.setProperty("socksProxyPort", "1");
        System.setProperty("https.proxyHost", "127.0.0.1");
        // Addresses of loopback go by no proxy otherwise.
        System.setProperty("socksNonProxyHosts", "");
        try (ScriptedHost host = host(HttpsFaultsTest.GOOD); PolicyHosts client = client(host)) {
            assertThat(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST)).isInstanceOf(PolicyFetch.Fetched.class);
        } finally {
            List.of("socksProxyHost", "socksProxyPort", "socksNonProxyHosts", "https.proxyHost").forEach(System::clearProperty);
        }
    }

    @Test
    void shouldGoOnToTheNextAddressWhereOneTakesNoConnection() throws Exception {
        try (ScriptedHost host = host(HttpsFaultsTest.GOOD);
                PolicyHosts client = new PolicyHosts(new TestDns(name -> List.of(unused(host), host.address())),
                    new PolicyHosts.Terms(HttpsFaultsTest.AUTHORITIES, List.of(AddressRange.parse("127.0.0.0/8")), host.port(),
                        PolicyHosts.LIMIT), () -> HttpsFaultsTest.NOW, alarm)) {
            assertThat(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.REFRESH)).isInstanceOf(PolicyFetch.Fetched.class);
        }
    }

    private static InetAddress unused(ScriptedHost host) {
        byte[] octets = host.address().getAddress();
        octets[3] ^= (byte) 0x80;
        try {
            return InetAddress.getByAddress(octets);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldHaveTwoPlacesForOneAddress() throws Exception {
        try (ScriptedHost host = host("<wait>" + HttpsFaultsTest.GOOD); PolicyHosts client = client(host)) {
            List<CompletableFuture<String>> fetches = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                fetches.add(later(client, i == 0 ? Purpose.REFRESH : Purpose.FIRST));
            }
            await().until(() -> host.requests().size() == 2 && client.waitingFor(host.address()) == 1);

            assertThat(host.connections()).isEqualTo(2);
            host.goOn();
            for (CompletableFuture<String> each : fetches) {
                assertThat(result(each)).isEqualTo("fetched");
            }
            assertThat(host.connections()).isEqualTo(3);
        }
    }

    @Test
    void shouldBlameNoHostForAWaitForItsAddress() throws Exception {
        TestAlarm own = new TestAlarm();
        try (ScriptedHost host = host("<wait>" + HttpsFaultsTest.GOOD); PolicyHosts client = HttpsFaultsTest.client(host, own)) {
            List<CompletableFuture<String>> fetches = new ArrayList<>();
            fetches.add(later(client, Purpose.FIRST));
            fetches.add(later(client, Purpose.FIRST));
            await().until(() -> host.requests().size() == 2);
            for (int i = 0; i < PolicyHosts.WAITING_FOR_AN_ADDRESS; i++) {
                fetches.add(later(client, Purpose.FIRST));
            }
            await().until(() -> client.waitingFor(host.address()) == 32);

            assertThat(result(later(client, Purpose.FIRST))).startsWith("postponed: as many fetches wait for 127.");
            own.ring();
            List<String> results = new ArrayList<>();
            for (CompletableFuture<String> each : fetches) {
                results.add(result(each));
            }
            assertThat(results).filteredOn("postponed: there was no place for it in time"::equals).hasSize(32);
            assertThat(results).filteredOn("UNAVAILABLE it took more than 60 seconds"::equals).hasSize(2);
            assertThat(client.record().counts()).isEqualTo(new FetchRecord.Counts(0, 0, 0, 2));
        }
    }

    @Test
    void shouldWaitForASecondBetweenTwoRequestsToOneAddress() throws Exception {
        Pace pace = new Pace(PolicyHosts.BETWEEN_REQUESTS, () -> 0, alarm);
        try (ScriptedHost host = host(HttpsFaultsTest.GOOD);
                PolicyHosts client = new PolicyHosts(new TestDns(name -> List.of(host.address())), new PolicyHosts.Terms(
                    HttpsFaultsTest.AUTHORITIES, List.of(AddressRange.parse("127.0.0.0/8")), host.port(), PolicyHosts.LIMIT),
                    () -> HttpsFaultsTest.NOW, new TestAlarm(), PolicyHosts::socket, pace)) {
            assertThat(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST)).isInstanceOf(PolicyFetch.Fetched.class);
            CompletableFuture<String> second = later(client, Purpose.REFRESH);
            await().until(() -> alarm.limits().contains(Duration.ofSeconds(1)));

            assertThat(host.connections()).isEqualTo(1);
            alarm.ring();
            assertThat(result(second)).isEqualTo("fetched");
        }
    }

    @Test
    void shouldHavePlacesOfTheirOwnForRefreshes() throws Exception {
        AtomicInteger threads = new AtomicInteger();
        ThreadLocal<Integer> number = ThreadLocal.withInitial(threads::getAndIncrement);
        ScriptedHost.Script script = new ScriptedHost.Script(Optional.of(CREDENTIAL), HttpsFaultsTest.HOST,
            "<wait>" + HttpsFaultsTest.GOOD);
        try (ScriptedHost host = ScriptedHost.start(script, alarm, 13);
                PolicyHosts client = new PolicyHosts(new TestDns(name -> List.of(host.addresses().get(number.get() / 2))),
                    new PolicyHosts.Terms(HttpsFaultsTest.AUTHORITIES, List.of(AddressRange.parse("127.0.0.0/8")), host.port(),
                        PolicyHosts.LIMIT), () -> HttpsFaultsTest.NOW, alarm, PolicyHosts::socket, HttpsFaultsTest.unhurried(alarm))) {
            List<CompletableFuture<String>> fetches = new ArrayList<>();
            for (int i = 0; i < PolicyHosts.FIRST_PLACES + 1; i++) {
                fetches.add(later(client, Purpose.FIRST));
            }
            await().until(() -> host.requests().size() == 16 && client.waitingFor(Purpose.FIRST) == 1);
            for (int i = 0; i < PolicyHosts.REFRESH_PLACES + 1; i++) {
                fetches.add(later(client, Purpose.REFRESH));
            }
            await().until(() -> host.requests().size() == 24 && client.waitingFor(Purpose.REFRESH) == 1);

            assertThat(host.connections()).isEqualTo(24);
            host.goOn();
            for (CompletableFuture<String> each : fetches) {
                assertThat(result(each)).isEqualTo("fetched");
            }
        }
    }

    @Test
    void shouldEndALookUpThatTakesTooLong() throws Exception {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        SecureDns silent = new SecureDns() {
            @Override
            public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
                asked.complete(null);
                return new CompletableFuture<>();
            }

            @Override
            public Optional<String> resolver(DomainName name, RecordType<?> type) {
                return Optional.empty();
            }
        };
        try (PolicyHosts client = new PolicyHosts(silent, PolicyHosts.Terms.with(HttpsFaultsTest.AUTHORITIES),
                () -> HttpsFaultsTest.NOW, alarm)) {
            CompletableFuture<String> fetch = later(client, Purpose.FIRST);
            asked.get(30, TimeUnit.SECONDS);
            assertThat(alarm.limits()).containsExactly(Duration.ofSeconds(60));
            alarm.ring();

            assertThat(result(fetch)).isEqualTo("UNAVAILABLE it took more than 60 seconds");
        }
    }

    @Test
    void shouldSurviveADefectOfTheDns() {
        SecureDns broken = new SecureDns() {
            @Override
            public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
                if (type.equals(RecordType.AAAA)) {
                    throw new IllegalStateException("as the test wants it");
                }
                return CompletableFuture.failedFuture(new IllegalStateException("as the test wants it"));
            }

            @Override
            public Optional<String> resolver(DomainName name, RecordType<?> type) {
                return Optional.empty();
            }
        };
        try (PolicyHosts client = new PolicyHosts(broken, PolicyHosts.Terms.with(HttpsFaultsTest.AUTHORITIES),
                () -> HttpsFaultsTest.NOW, alarm)) {
            assertThat(HttpsFaultsTest.word(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST)))
                .isEqualTo("UNAVAILABLE an unexpected error, see the log of this server");
            assertThat(alarm.limits()).isEmpty();
        }
    }

    @Test
    void shouldEndFetchesWhenItIsClosed() throws Exception {
        try (ScriptedHost host = host("<wait>" + HttpsFaultsTest.GOOD)) {
            PolicyHosts client = client(host);
            CompletableFuture<String> fetch = later(client, Purpose.FIRST);
            await().until(() -> host.requests().size() == 1);
            client.close();

            assertThat(result(fetch)).isEqualTo("UNAVAILABLE this server stops");
            assertThat(HttpsFaultsTest.word(client.fetch(HttpsFaultsTest.DOMAIN, Purpose.FIRST)))
                .isEqualTo("UNAVAILABLE this server stops");
        }
    }

    @Test
    void shouldTellOfAPortThatIsNotOpen() {
        FetchRecord record = new FetchRecord();
        PolicyFetch failed = FetchFailure.unavailable("no connection").result();
        record.count(failed);
        record.count(failed);
        assertThat(record.counts().problem()).isEmpty();
        record.count(failed);

        assertThat(record.counts()).isEqualTo(new FetchRecord.Counts(0, 0, 0, 3));
        assertThat(record.counts().problem())
            .contains("No MTA-STS policy could be fetched since the start, in 3 tries: is port 443 open outwards?");
        record.count(FetchFailure.invalid("no text").result());
        assertThat(record.counts()).isEqualTo(new FetchRecord.Counts(0, 0, 1, 3));
        assertThat(record.counts().problem()).as("a host answered, so that the port is open").isEmpty();
    }

    @Test
    void shouldCountFetchesByTheirResults() {
        FetchRecord record = new FetchRecord();
        for (PolicyFetch.Cause cause : PolicyFetch.Cause.values()) {
            record.count(new PolicyFetch.Failed(cause, "no"));
        }
        record.count(new PolicyFetch.Postponed("later"));
        PolicyFetch policy = PolicyFetch.of("version: STSv1\nmode: none\nmax_age: 86400\n".getBytes(StandardCharsets.US_ASCII));
        record.count(policy);
        record.count(policy);

        assertThat(record.counts()).isEqualTo(new FetchRecord.Counts(2, 1, 1, 1));
    }

    @Test
    void shouldRingAtItsTimeAndNotAfterItIsTurnedOff() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        try (AlarmThread thread = new AlarmThread()) {
            thread.after(Duration.ofHours(1), () -> first.complete("too early")).cancel();
            thread.after(Duration.ofMillis(1), () -> second.complete("rang"));
            assertThat(result(second)).isEqualTo("rang");
        }
        assertThat(first).isNotDone();
        AlarmThread closed = new AlarmThread();
        closed.close();
        closed.after(Duration.ofHours(1), () -> first.complete("at once"));
        assertThat(first).isCompletedWithValue("at once");
    }
}
