/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SigningKey;
import org.jamesdane.testing.james.EmbeddedJames;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.Webadmin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions of an operator to a running James, with the packaged extension and the sample configuration. */
class OperatorIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Client for more than a thousand calls. */
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Path CONF = Path.of(System.getProperty("james.conf"));
    private static final Path MONITORING = CONF.resolveSibling("monitoring");
    private static final Path OPENAPI = CONF.resolve("../../../../docs/openapi.yaml").normalize();
    private static final Path METRICS = OPENAPI.resolveSibling("metrics.md");
    /** Words in a query that are no metric: functions, operators and units. */
    private static final Set<String> WORDS = Set.of("rate", "increase", "delta", "and", "or", "unless", "sum", "by", "on", "m", "h", "d");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");

    private final Path directory;

    OperatorIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    @Test
    void shouldAnswerAnOperator() throws Exception {
        try (DemoWorld world = new DemoWorld()) {
            RootRollOver root = new RootRollOver(world.dns());
            JamesConfiguration configuration = world.configure(Setups.sample(), "file://conf/dane-trust-anchors")
                .edited("dane.properties", text -> DemoWorld.set(DemoWorld.set(text, "dns.trust-anchors.managed", "true"),
                    "deferral.node", "node-of-the-operator"));
            try (EmbeddedJames james = JamesSetup.of(configuration, directory).withOurExtension().startEmbedded()) {
                Webadmin webadmin = james.webadmin();
                shouldExplain(webadmin);
                shouldProbe(webadmin);
                shouldRefuseWhatIsWrong(webadmin);
                shouldRefuseWhatAnotherPageMayHaveSent(webadmin);
                shouldFollowTheRoot(webadmin, root);
                shouldKnowEveryMetricOfTheQueries(webadmin);
                shouldTellItsHealth(webadmin);
            }
        }
    }

    /** A root with two keys that sign keys, as it is before an old one is revoked. */
    private static final class RootRollOver {
        private final SigningKey old = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        private final SigningKey next = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        private final SigningKey fresh = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        private final SigningKey data = SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256);
        private final SignedDns dns;

        RootRollOver(SignedDns dns) {
            this.dns = dns;
            dns.zone(".").keys(old, next, data);
        }

        void revokeTheOldKey() {
            dns.zone(".").keys(old.revoked(), next, fresh.notSigning(), data);
        }
    }

    private static void shouldFollowTheRoot(Webadmin webadmin, RootRollOver root) throws Exception {
        shouldShowKeys(webadmin, "/trustAnchors", Map.of(root.old.tag(), "valid", root.next.tag(), "valid"));
        root.revokeTheOldKey();
        shouldShowKeys(webadmin, "/otherKeys", Map.of(root.old.tag(), "revoked", root.fresh.tag(), "pending"));

        JsonNode shown = json(webadmin.get("/dane/trust-anchors"), 200);
        assertThat(shown.at("/scope").textValue()).isEqualTo("this node");
        assertThat(shown.at("/node").textValue()).isEqualTo("node-of-the-operator");
        assertThat(shown.at("/managed").booleanValue()).isTrue();
        assertThat(shown.at("/problems")).isEmpty();
        JsonNode anchor = shown.at("/trustAnchors/0");
        assertThat(shown.at("/trustAnchors")).hasSize(1);
        assertThat(anchor.at("/keyTag").intValue()).isEqualTo(root.next.tag());
        assertThat(anchor.at("/zone").textValue()).isEqualTo(".");
        assertThat(anchor.at("/algorithm").intValue()).isEqualTo(13);
        assertThat(anchor.at("/digestType").intValue()).isEqualTo(2);
        assertThat(anchor.at("/digest").textValue()).hasSize(64);
        assertThat(anchor.at("/source").textValue()).isEqualTo("file");
        Instant first = Instant.parse(anchor.at("/firstSeen").textValue());
        assertThat(Instant.parse(anchor.at("/lastSeen").textValue())).isBetween(first, Instant.now());
        for (JsonNode other : shown.at("/otherKeys")) {
            boolean pending = other.at("/state").textValue().equals("pending");
            assertThat(other.at("/source").textValue()).isEqualTo(pending ? "learned" : "file");
            assertThat(Instant.parse(other.at("/changed").textValue())).isAfterOrEqualTo(first);
            assertThat(other.has("holdDownEnd")).isEqualTo(pending);
        }
        Path journal = Path.of(shown.at("/journal/file").textValue());
        assertThat(journal).hasFileName("trust-anchors.json");
        await().atMost(Setups.PATIENCE).untilAsserted(() -> assertThat(Files.readString(journal)).contains("\"revoked\"", "\"pending\""));
        assertThat(shown.at("/journal/failed").booleanValue()).isFalse();
        assertThat(shown.at("/journal/earlierRevocations").textValue()).isEqualTo("unknown");
        shouldTellOfTheRollOver(webadmin);
    }

    /** Keys are looked at whenever a reply has them, so an answer that no cache has is asked for. */
    private static void shouldShowKeys(Webadmin webadmin, String list, Map<Integer, String> states) throws Exception {
        assertThat(call(webadmin, "DELETE", "/dane/cache", Map.of("Content-Type", "application/json"))).isEqualTo(204);
        json(webadmin.get("/dane/domains/good.example"), 200);
        await().atMost(Setups.PATIENCE).untilAsserted(() -> {
            Map<Integer, String> shown = new HashMap<>();
            json(webadmin.get("/dane/trust-anchors"), 200).at(list).forEach(key -> {
                if (key.has("lastSeen")) {
                    shown.put(key.at("/keyTag").intValue(), key.at("/state").textValue());
                }
            });
            assertThat(shown).isEqualTo(states);
        });
    }

    private static void shouldTellOfTheRollOver(Webadmin webadmin) throws IOException {
        JsonNode told = json(webadmin.get("/dane/events?kind=trust-anchor"), 200);
        assertThat(told.at("/scope").textValue()).isEqualTo("this node");
        assertThat(told.at("/node").textValue()).isEqualTo("node-of-the-operator");
        assertThat(told.at("/events").findValuesAsText("action")).containsExactlyInAnyOrder("valid", "valid", "revoked", "pending");
        assertThat(told.at("/events").findValuesAsText("owner"))
            .containsExactly("RFC 5011", "RFC 5011", "dns.trust-anchors", "dns.trust-anchors");
        assertThat(told.at("/events").findValuesAsText("node")).containsOnly("node-of-the-operator");
        JsonNode started = json(webadmin.get("/dane/events?kind=configuration"), 200);
        assertThat(started.at("/events/0/name").textValue()).isEqualTo("dane.properties");
    }

    private static void shouldExplain(Webadmin webadmin) throws IOException {
        JsonNode good = json(webadmin.get("/dane/domains/good.example"), 200);
        assertThat(good.at("/sentence").textValue()).isEqualTo("Mail to good.example goes authenticated (DANE-EE) to mx.good.example.");
        assertThat(good.at("/questions/3/chain").size()).isPositive();
        JsonNode bogus = json(webadmin.get("/dane/domains/bogus.example"), 200);
        assertThat(bogus.at("/prospect").textValue()).isEqualTo("deferred");
        assertThat(bogus.at("/sentence").textValue()).contains("the TLSA records at mx.bogus.example could not be looked up: BOGUS");
    }

    private static void shouldProbe(Webadmin webadmin) throws IOException {
        HttpResponse<String> submitted = webadmin.post("/dane/domains/backup.example?action=probe", "");
        JsonNode task = json(submitted, 201);
        String place = submitted.headers().firstValue("Location").orElseThrow();
        assertThat(place).isEqualTo("/tasks/" + task.at("/taskId").textValue());

        await().atMost(Setups.PATIENCE).until(() -> json(webadmin.get(place), 200).at("/status").textValue().equals("completed"));

        JsonNode done = json(webadmin.get(place), 200);
        assertThat(done.at("/type").textValue()).isEqualTo("dane-probe");
        JsonNode report = done.at("/additionalInformation/report");
        assertThat(report.at("/prospect").textValue()).isEqualTo("authenticated");
        assertThat(report.at("/addresses/0/failure/kind").textValue()).isEqualTo("not-authenticated");
        assertThat(report.at("/addresses/1/result").textValue()).isEqualTo("verified");
        assertThat(report.at("/probed").intValue()).isEqualTo(2);
        assertThat(json(webadmin.post("/dane/domains/backup.example?action=probe", ""), 429).at("/message").textValue())
            .isEqualTo("The hosts of backup.example were probed less than 10 s ago.");
    }

    private static void shouldRefuseWhatIsWrong(Webadmin webadmin) throws IOException {
        JsonNode error = json(webadmin.get("/dane/domains/a..b"), 400);
        assertThat(error.at("/type").textValue()).isEqualTo("InvalidArgument");
        assertThat(error.at("/message").textValue()).isEqualTo("\"a..b\" is no domain name: it has an empty label.");
    }

    private static void shouldRefuseWhatAnotherPageMayHaveSent(Webadmin webadmin) throws Exception {
        String json = "application/json";
        String own = "http://" + webadmin.base().getAuthority();
        assertThat(call(webadmin, "DELETE", "/dane/cache", Map.of("Content-Type", json, "Origin", own))).isEqualTo(204);
        assertThat(call(webadmin, "DELETE", "/dane/cache", Map.of("X-Requested-With", "curl"))).isEqualTo(204);
        assertThat(call(webadmin, "DELETE", "/dane/cache", Map.of())).isEqualTo(403);
        assertThat(call(webadmin, "DELETE", "/dane/cache", Map.of("Content-Type", json, "Origin", "http://other.example"))).isEqualTo(403);
        assertThat(call(webadmin, "GET", "/dane/trust-anchors", Map.of("Sec-Fetch-Site", "cross-site"))).isEqualTo(403);
    }

    private static void shouldKnowEveryMetricOfTheQueries(Webadmin webadmin) throws IOException {
        String metrics = webadmin.get("/metrics").body();
        Set<String> known = metrics.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("[ {]", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));

        Set<String> used = new TreeSet<>();
        for (String query : queries()) {
            NAME.matcher(query).results().map(result -> result.group()).filter(word -> !WORDS.contains(word)).forEach(used::add);
        }

        // The gauges that the documentation lists are there, too.
        Pattern.compile("(?m)^\\| `([a-z.]+)` \\| gauge \\|").matcher(Files.readString(METRICS)).results()
            .forEach(result -> used.add(result.group(1).replace('.', '_')));
        assertThat(used).hasSizeGreaterThan(12);
        assertThat(known).containsAll(used);
        assertThat(metrics.lines()).contains("dane_dns_ready 1.0").contains("dane_dns_trust_anchors 1.0")
            .contains("dane_webadmin_open 0.0");
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        Pattern.compile("(?m)^ +expr: (.*)$").matcher(Files.readString(MONITORING.resolve("dane-alerts.yml"))).results()
            .forEach(result -> queries.add(result.group(1)));
        JSON.readTree(Files.readString(MONITORING.resolve("dane-dashboard.json"))).findValuesAsText("expr").forEach(queries::add);
        return queries;
    }

    private static void shouldTellItsHealth(Webadmin webadmin) throws IOException {
        JsonNode first = json(webadmin.get("/healthcheck/checks/DANE"), 200);
        assertThat(first.at("/status").textValue()).isEqualTo("degraded");
        assertThat(first.at("/cause").textValue()).contains("No policy was ever set", "accept-empty");
        assertThat(json(webadmin.post("/dane/store?action=accept-empty", ""), 200).at("/state").textValue()).isEqualTo("present");
        JsonNode health = json(webadmin.get("/healthcheck/checks/DANE"), 200);
        assertThat(health.at("/status").textValue()).isEqualTo("healthy");
    }

    @Test
    void shouldBeUnhealthyWhileNoResolverIsOfUse() throws Exception {
        JamesConfiguration configuration = Setups.sample()
            .edited("dane.properties", text -> DemoWorld.set(text, "dns.servers", "127.77.9.9:1"));
        try (EmbeddedJames james = JamesSetup.of(configuration, directory).withOurExtension().startEmbedded()) {
            HttpResponse<String> health = james.webadmin().get("/healthcheck/checks/DANE");

            JsonNode tree = json(health, 503);
            assertThat(tree.at("/status").textValue()).isEqualTo("unhealthy");
            assertThat(tree.at("/cause").textValue()).contains("mail is held");
        }
    }

    /** RFC 7519: a token as webadmin wants it, signed with RS256 (RFC 7518 §3.3). */
    private static String token(KeyPair pair) throws Exception {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String body = base64.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.US_ASCII)) + "."
            + base64.encodeToString("{\"sub\":\"operator\",\"admin\":true}".getBytes(StandardCharsets.US_ASCII));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(body.getBytes(StandardCharsets.US_ASCII));
        return body + "." + base64.encodeToString(signature.sign());
    }

    private static int call(Webadmin webadmin, String method, String path, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(webadmin.base() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(method.equals("PUT") ? "{}" : ""));
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    /** Every operation of the description, with made-up names for the parameters of its path. */
    private static List<String> operations() throws IOException {
        List<String> operations = new ArrayList<>();
        String path = "";
        for (String line : Files.readAllLines(OPENAPI)) {
            if (line.matches("  /dane/\\S+:")) {
                path = line.strip().replace(":", "").replaceAll("\\{\\w+}", "some.example");
            } else if (line.matches("    (get|put|post|delete):")) {
                operations.add(line.strip().replace(":", "").toUpperCase(java.util.Locale.ROOT) + " " + path);
            }
        }
        return operations;
    }

    /** Whoever calls: only a call whose method as sent is the endpoint's own is done; anybody else's is refused at the door. */
    private static void shouldTakeTheMethodAsSentAlone(Webadmin webadmin, String own, String path, String bearer) throws Exception {
        String whole = path + (own.equals("POST") ? "?action=retry" : "");
        for (String sent : List.of("GET", "PUT", "DELETE", "POST", "OPTIONS", "PATCH", "TRACE", "HEAD", "get", "ANY")) {
            for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")) {
                String what = sent + " " + path + " with " + header + " " + own;
                int without = call(webadmin, sent, whole, Map.of(header, own, "Content-Type", "application/json"));
                int with = call(webadmin, sent, whole,
                    Map.of(header, own, "Content-Type", "application/json", "Authorization", bearer));
                if (header.equals("X-HTTP-Method-Override")) {
                    assertThat(without).as(what).isIn(400, 401, 405);
                    assertThat(with).as(what).isIn(400, 405);
                } else if (!sent.equals("OPTIONS") && !sent.equals("HEAD")) {
                    assertThat(without).as(what).isIn(400, 401, 404, 405);
                    assertThat(with).as(what).isIn(400, 404, 405);
                }
            }
        }
    }

    @Test
    void shouldAnswerNobodyWithoutATokenWhereTokensAreDemanded() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
        try (DemoWorld world = new DemoWorld()) {
            JamesConfiguration configuration = world.configure(Setups.sample(), "file://conf/dane-trust-anchors")
                .with("jwt_publickey", pem)
                .appending("webadmin.properties", "jwt.enabled=true\njwt.publickeypem.url=file://conf/jwt_publickey");
            try (EmbeddedJames james = JamesSetup.of(configuration, directory).withOurExtension().startEmbedded()) {
                List<String> operations = operations();
                assertThat(operations).hasSizeGreaterThan(15);
                for (String operation : operations) {
                    String method = operation.split(" ", 2)[0];
                    String path = operation.split(" ", 2)[1];
                    for (String variant : List.of(path, path + "/", path + "?action=probe", path.replace("/dane", "//dane"))) {
                        assertThat(call(james.webadmin(), method, variant, Map.of())).as(method + " " + variant).isIn(401, 404);
                        assertThat(call(james.webadmin(), method, variant, Map.of("Authorization", "Bearer a.b.c")))
                            .as(method + " " + variant).isIn(401, 404);
                    }
                    assertThat(call(james.webadmin(), method, path, Map.of())).as(operation).isEqualTo(401);
                }
                String bearer = "Bearer " + token(pair);
                assertThat(call(james.webadmin(), "GET", "/dane/domains/good.example", Map.of("Authorization", bearer))).isEqualTo(200);
                for (String operation : operations) {
                    String own = operation.split(" ", 2)[0];
                    shouldTakeTheMethodAsSentAlone(james.webadmin(), own, operation.split(" ", 2)[1], bearer);
                }
                assertThat(james.webadmin().get("/healthcheck").statusCode()).isEqualTo(200);
                HttpRequest policies = HttpRequest.newBuilder(URI.create(james.webadmin().base() + "/dane/policies"))
                    .header("Authorization", bearer).build();
                assertThat(CLIENT.send(policies, BodyHandlers.ofString()).body()).contains("\"total\":0");
                assertThat(call(james.webadmin(), "GET", "/dane/unknown", Map.of())).isEqualTo(401);
                assertThat(call(james.webadmin(), "GET", "/dane", Map.of())).isEqualTo(401);
            }
        }
    }

    @Test
    void shouldCheckADomainFromTheJarAlone() throws Exception {
        Path jar;
        try (var jars = Files.list(Path.of(System.getProperty("james.extension")).getParent())) {
            jar = jars.filter(each -> each.getFileName().toString().endsWith("-dane-check.jar")).findFirst().orElseThrow();
        }
        try (DemoWorld world = new DemoWorld()) {
            world.configure(Setups.sample(), "unused").writeTo(directory);
            Path out = directory.resolve("out");
            Path err = directory.resolve("err");
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString(),
                "good.example", "impostor.example", "--probe", "--resolver", world.dns().address().getAddress().getHostAddress() + ":"
                + world.dns().port(), "--trust-anchor", directory.resolve("dane-trust-anchors").toString(), "--port",
                String.valueOf(world.port()), "--special-targets", "127.0.0.0/8")
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start();

            assertThat(process.waitFor()).isEqualTo(2);
            assertThat(Files.readString(err)).isEmpty();
            assertThat(Files.readString(out)).contains("good.example: authenticated\n").contains("impostor.example: deferred\n");
            assertThat(world.messages(Destination.GOOD)).isEmpty();
        }
    }
}
