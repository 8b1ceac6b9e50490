/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.net.InetAddresses;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.server.core.configuration.Configuration;
import org.apache.james.utils.PropertiesProvider;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.validating.AnchorManagement;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DanePropertiesTest {
    private static final DaneProperties.Surroundings SURROUNDINGS = new DaneProperties.Surroundings() {
        @Override
        public List<InetSocketAddress> resolvers() {
            return List.of(server("192.0.2.53", 53));
        }

        @Override
        public Path file(String key, String location) {
            return Path.of(location);
        }

        @Override
        public Path directory(String key, String location) {
            return Path.of(location.replace("file://", "/james/"));
        }
    };

    private static InetSocketAddress server(String address, int port) {
        return new InetSocketAddress(InetAddresses.forString(address), port);
    }

    @Test
    void shouldAskJamesForTheResolversWhenNoneAreNamed() {
        DaneProperties defaults = DaneProperties.parse(Map.of(), SURROUNDINGS);

        assertThat(defaults.validator().upstreams()).containsExactly(server("192.0.2.53", 53));
        assertThat(defaults.policy().byDefault()).isEqualTo(Policy.DANE);
        assertThat(defaults.smtp().port()).isEqualTo(25);
    }

    @Test
    void shouldReadWhatIsSet() {
        DaneProperties set = DaneProperties.parse(Map.of("dns.servers", "127.0.0.1:5353, [::1]:5300, 2001:db8::1",
            "policy.default", "audit", "smtp.port", "2525",
            "smtp.allowed-special-targets", "127.0.0.0/8", "smtp.own-addresses", "none", "queue.longest-held", "50 s"), SURROUNDINGS);

        assertThat(set.validator().upstreams()).containsExactly(server("127.0.0.1", 5353),
            server("::1", 5300), server("2001:db8::1", 53));
        assertThat(set.policy().byDefault()).isEqualTo(Policy.AUDIT);
        assertThat(set.smtp().ownAddresses()).isEmpty();
        assertThat(set.mail().holding().longest()).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void shouldManageTrustAnchorsUnlessAFilePinsThem() {
        String file = "dns.trust-anchors";
        String managed = "dns.trust-anchors.managed";
        String holdDown = "dns.trust-anchors.add-hold-down";

        assertThat(management(Map.of())).hasValueSatisfying(each -> {
            assertThat(each.addHoldDown()).isEqualTo(Duration.ofDays(30));
            assertThat(each.journal()).hasToString("/james/var/dane/trust-anchors.json");
        });
        assertThat(management(Map.of(managed, "false"))).isEmpty();
        assertThat(management(Map.of(file, "/anchors"))).isEmpty();
        assertThat(management(Map.of(file, "/anchors", managed, "true", holdDown, "1 day")))
            .hasValueSatisfying(each -> assertThat(each.addHoldDown()).isEqualTo(Duration.ofDays(1)));
        assertThatThrownBy(() -> management(Map.of(holdDown, "29 days"))).isInstanceOf(ConfigurationError.class)
            .hasMessageContaining(holdDown).hasMessageContaining("from 30 d ");
    }

    private static Optional<AnchorManagement> management(Map<String, String> settings) {
        return DaneProperties.parse(settings, SURROUNDINGS).validator().anchorManagement();
    }

    @Test
    void shouldLookForAFasterProviderOfSignaturesUnlessToldNotTo() {
        assertThat(DaneProperties.parse(Map.of(), SURROUNDINGS).validator().signatures()).isEqualTo(ValidatorConfig.Signatures.AUTO);
        assertThat(DaneProperties.parse(Map.of("dns.crypto.provider", "auto"), SURROUNDINGS).validator().signatures())
            .isEqualTo(ValidatorConfig.Signatures.AUTO);
        assertThat(DaneProperties.parse(Map.of("dns.crypto.provider", "jdk"), SURROUNDINGS).validator().signatures())
            .isEqualTo(ValidatorConfig.Signatures.JDK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dns.servers | resolver.example | dns.servers=resolver.example | IP addresses",
        "dns.servers | 127.0.0.1:0 | 127.0.0.1 | 1 to 65535",
        "dns.mode | maybe | dns.mode=maybe | validate or trust-ad",
        "dns.mode | trust-ad | 192.0.2.53 | loopback",
        "dns.crypto.provider | bouncycastle | dns.crypto.provider=bouncycastle | auto or jdk",
        "dns.timeout | 1 ms | dns.timeout=1 ms | 100 ms",
        "dns.cache.max-entries | many | dns.cache.max-entries=many | 10000000",
        "dns.insecure-domains | com | com | insecure domain",
        "policy.default | strict | policy.default=strict | dane-only",
        "policy.insecure-mx | maybe | policy.insecure-mx=maybe | dane or opportunistic",
        "policy.mta-sts | maybe | policy.mta-sts=maybe | off, audit, enforce",
        "gateway.mta-sts | yes | gateway.mta-sts=yes | true or false",
        "mta-sts.fetch.timeout | 2 minutes | mta-sts.fetch.timeout=2 minutes | 0 s to 60 s",
        "mta-sts.max-policies | 0 | mta-sts.max-policies=0 | 1 to 10000000",
        "https.port | 0 | https.port=0 | 1 to 65535",
        "https.allowed-special-targets | loopback | https.allowed-special-targets=loopback | addresses",
        "pki.authorities | /nowhere.pem | pki.authorities=/nowhere.pem | no file of at most 1 MiB",
        "smtp.port | 0 | smtp.port=0 | 1 to 65535",
        "smtp.tls.protocols | SSLv3 | smtp.tls.protocols=SSLv3 | TLSv1.2",
        "smtp.tls.profile | modern | smtp.tls.profile=modern | interoperable or forward-secrecy",
        "smtp.tls.groups | secp256k1 | smtp.tls.groups=secp256k1 | X25519MLKEM768",
        "smtp.tls.cipher-suites | TLS_RSA_WITH_NULL_SHA | smtp.tls.cipher-suites=TLS_RSA_WITH_NULL_SHA | TLS_AES_256_GCM_SHA384",
        "smtp.allowed-special-targets | 127.0.0.0/99 | smtp.allowed-special-targets=127.0.0.0/99 | addresses",
        "smtp.own-addresses | here | smtp.own-addresses=here | none",
        "smtp.concurrency | 0 | smtp.concurrency=0 | 10000",
        "smtp.nul | keep | smtp.nul=keep | refuse, strip",
        "smtp.long-lines | cut | smtp.long-lines=cut | pass, fold, refuse",
        "smtp.prot | 25 | smtp.prot | there is no setting",
    })
    void shouldRefuseWithASentenceNamingKeyValueAndWhatIsAllowed(String key, String value, String named, String allowed) {
        assertThatThrownBy(() -> DaneProperties.parse(Map.of(key, value), SURROUNDINGS))
            .isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("dane.properties").hasMessageContaining(named).hasMessageContaining(allowed).hasMessageEndingWith(".");
    }

    @Test
    void shouldReadTheSettingsOfMtaSts(@TempDir Path directory) throws Exception {
        Path authorities = Files.writeString(directory.resolve("cas.pem"), TestPki.pem(
            TestPki.authority("one").certificate(), TestPki.authority("two").certificate()));
        PolicySettings set = DaneProperties.parse(Map.of("policy.mta-sts", "audit", "gateway.mta-sts", "true",
            "mta-sts.fetch.timeout", "2 s", "https.port", "4430",
            "https.allowed-special-targets", "127.0.0.0/8", "pki.authorities", authorities.toString()),
            SURROUNDINGS).policy();

        assertThat(set.mtaSts()).isEqualTo(new MtaStsSettings(StsDemand.Use.AUDIT, true, Duration.ofSeconds(2), 4430,
            List.of(AddressRange.parse("127.0.0.0/8"))));
        assertThat(set.authorities().read().certificates()).hasSize(2);
        assertThat(DaneProperties.parse(Map.of(), SURROUNDINGS).policy().mtaSts())
            .isEqualTo(new MtaStsSettings(StsDemand.Use.ENFORCE, false, Duration.ofSeconds(15), 443, List.of()));
    }

    @Test
    void shouldTakeNoFileOfOtherThingsForAuthorities(@TempDir Path directory) throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        Path other = Files.writeString(directory.resolve("other.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        assertThatThrownBy(() -> DaneProperties.parse(Map.of("pki.authorities", empty.toString()), SURROUNDINGS))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("it has no certificate in it");
        assertThatThrownBy(() -> DaneProperties.parse(Map.of("pki.authorities", other.toString()), SURROUNDINGS))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("it is no file of certificates");
    }

    @Test
    void shouldShowEverySettingWithItsDefaultInTheSample() throws IOException {
        Map<String, String> shown = new HashMap<>();
        Matcher line = Pattern.compile("(?m)^#([a-z0-9.-]+)=(.*)$")
            .matcher(Files.readString(Path.of("../james-conf/src/main/conf/dane.properties")));
        while (line.find()) {
            shown.put(line.group(1), line.group(2));
        }

        Map<String, String> values = new HashMap<>(shown);
        // An empty name of the server is refused: an environment variable that is not set must not make two servers one.
        assertThat(values.remove("deferral.node")).isEmpty();
        assertThat(DaneProperties.parse(values, SURROUNDINGS)).usingRecursiveComparison()
            .isEqualTo(DaneProperties.parse(Map.of(), SURROUNDINGS));
        // The refusal of an unknown key lists the known ones: the sample has to show exactly these.
        assertThatThrownBy(() -> DaneProperties.parse(Map.of("x", "y"), SURROUNDINGS))
            .satisfies(error -> assertThat(String.valueOf(error.getMessage())
                .replaceFirst(".*the settings are ", "").replaceFirst("\\.$", "").split(", "))
                .containsExactlyInAnyOrderElementsOf(shown.keySet()));
    }

    @Test
    void shouldKeepPoliciesInFilesUnlessADatabaseIsNamed() {
        assertThat(DaneProperties.parse(Map.of(), SURROUNDINGS).store()).satisfies(store -> {
            assertThat(store.directory()).isEqualTo(Path.of("/james/var/dane"));
            assertThat(store.database()).isEmpty();
        });
        assertThat(DaneProperties.parse(Map.of("store.url", "jdbc:postgresql://db.example:5433/mail", "store.user", "dane",
            "store.password", "secret-word"), SURROUNDINGS).store().database()).hasValueSatisfying(database ->
                assertThat(database).hasToString("PostgreSQL at db.example, database mail"));
    }

    @Test
    void shouldNeverRepeatThePasswordOfADatabase() {
        Map<String, String> wrong = Map.of("store.url", "jdbc:mysql://db.example/mail?password=secret-word");

        assertThatThrownBy(() -> DaneProperties.parse(wrong, SURROUNDINGS)).isInstanceOf(ConfigurationError.class)
            .hasMessage("dane.properties: store.url=*** can't be used: it is no URL of the form jdbc:postgresql://host:port/database.")
            .hasNoCause();
        assertThat(DaneProperties.parse(Map.of("store.url", "jdbc:postgresql://db.example/mail?user=me&password=secret-word",
            "store.password", "other-secret"), SURROUNDINGS).toString()).doesNotContain("secret");
    }

    @Test
    void shouldRefuseAPasswordWithoutADatabase() {
        assertThatThrownBy(() -> DaneProperties.parse(Map.of("store.password", "secret-word"), SURROUNDINGS))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("store.password=*** can't be used: there is no store.url");
    }

    /** James takes a comma for the end of a value. */
    @Test
    void shouldReadAllPartsOfAList(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("dane.properties"), """
            smtp.allowed-special-targets=127.0.0.0/8, fd25::/16
            smtp.tls.protocols=TLSv1.2, TLSv1.3
            store.password=a\\,b
            """);
        PropertiesProvider provider = new PropertiesProvider(new Directory(directory),
            new Configuration.ConfigurationPath(directory.toUri().toString()));

        assertThat(DaneProperties.read(provider)).containsEntry("smtp.allowed-special-targets", "127.0.0.0/8,fd25::/16")
            .containsEntry("smtp.tls.protocols", "TLSv1.2,TLSv1.3").containsEntry("store.password", "a,b");
    }

    /** A file system of one directory. */
    private record Directory(Path path) implements FileSystem {
        @Override
        public InputStream getResource(String url) throws IOException {
            return Files.newInputStream(getFile(url).toPath());
        }

        @Override
        public File getFile(String url) {
            return Path.of(URI.create(url)).toFile();
        }

        @Override
        public File getFileWithinBaseDir(String name) {
            return path.resolve(name).toFile();
        }

        @Override
        public File getBasedir() {
            return path.toFile();
        }
    }
}
