/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveIT {
    /** Artifact of the classes of a package. */
    private static final Map<String, String> ARTIFACTS = Map.ofEntries(Map.entry("org/xbill/", "dnsjava"),
        Map.entry("com/github/benmanes/caffeine/", "caffeine"), Map.entry("org/postgresql/", "postgresql"),
        Map.entry("picocli/", "picocli"), Map.entry("org/slf4j/", "slf4j-api"), Map.entry("org/bouncycastle/", "bcprov-jdk18on"),
        Map.entry("org/bouncycastle/tls/", "bctls-jdk18on"), Map.entry("org/bouncycastle/asn1/bsi/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/cms/", "bcutil-jdk18on"), Map.entry("org/bouncycastle/asn1/eac/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/edec/", "bcutil-jdk18on"), Map.entry("org/bouncycastle/asn1/oiw/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/rosstandart/", "bcutil-jdk18on"), Map.entry("org/apache/hc/core5/", "httpcore5"),
        // Inside the driver's own JAR.
        Map.entry("org/postgresql/shaded/com/ongres/scram/client/", "scram-client"),
        Map.entry("org/postgresql/shaded/com/ongres/scram/common/", "scram-common"),
        Map.entry("org/postgresql/shaded/com/ongres/saslprep/", "saslprep"),
        Map.entry("org/postgresql/shaded/com/ongres/stringprep/", "stringprep"));
    /** A package in which a library keeps another one's classes. */
    private static final Pattern INSIDE = Pattern.compile("/(shaded|shadow|repackaged|relocated|vendor|thirdparty)/");
    private static final Pattern INSIDE_POSTGRESQL = Pattern.compile("(?m)^\\* (com\\.\\S+):(\\S+):(\\S+)$");

    private final Archive archive = new Archive();

    @Test
    void shouldHoldAllThatIsNeededToInstallIt() {
        assertThat(archive.files()).containsKeys("dane-mailet-" + archive.version() + "-james-3.8.jar",
            "dane-mailet-" + archive.version() + "-james-3.9.jar", "dane-check.jar", "dane-james-" + archive.version() + ".cdx.json",
            "README.md", "LICENSE", "docs/install.md", "docs/migration.md", "docs/parameters.md", "docs/operating.md",
            "docs/configuration.md", "docs/overview.svg", "conf/dane.properties", "conf/mailetcontainer.xml",
            "monitoring/dane-alerts.yml", "monitoring/dane-dashboard.json", "docker/Dockerfile-james-3.8",
            "docker/Dockerfile-james-3.9", "licences/dnsjava/META-INF/LICENSE", "licences/caffeine/META-INF/LICENSE",
            "licences/postgresql/META-INF/LICENSE", "licences/httpcore/META-INF/LICENSE");
    }

    @Test
    void shouldNameInItsBillOfMaterialsExactlyWhatItsJarsBundle() throws IOException {
        Set<String> bundled = new TreeSet<>();
        for (String jar : archive.files().keySet().stream().filter(name -> name.endsWith(".jar")).toList()) {
            try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.file(jar)))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    String name = entry.getName().replaceFirst("^org/jamesdane/shaded/", "");
                    if (name.endsWith(".class") && !name.startsWith("org/jamesdane/")) {
                        bundled.add(artifact(name));
                    }
                }
            }
        }
        Set<String> named = new TreeSet<>();
        JsonNode bill = new ObjectMapper().readTree(archive.text("dane-james-" + archive.version() + ".cdx.json"));
        for (JsonNode component : bill.path("components")) {
            named.add(component.path("name").asText());
            assertThat(component.path("licenses").isEmpty()).as("licence of " + component.path("name")).isFalse();
            assertThat(component.path("purl").asText()).startsWith("pkg:maven/").contains("@");
        }

        assertThat(named).isEqualTo(bundled).contains("scram-client");
        // The driver says itself which versions it holds.
        List<String> inside = INSIDE_POSTGRESQL.matcher(archive.text("licences/postgresql/META-INF/LICENSE")).results()
            .map(found -> "pkg:maven/" + found.group(1) + "/" + found.group(2) + "@" + found.group(3) + "?type=jar").toList();
        assertThat(inside).hasSize(4);
        assertThat(bill.path("components").findValuesAsText("purl")).containsAll(inside).doesNotHaveDuplicates();
    }

    private static String artifact(String name) {
        return ARTIFACTS.entrySet().stream().filter(artifact -> name.startsWith(artifact.getKey()))
            .max(Comparator.comparing(artifact -> artifact.getKey().length()))
            .filter(artifact -> INSIDE.matcher(artifact.getKey()).find() || !INSIDE.matcher(name).find())
            .map(Map.Entry::getValue).orElse("unknown: " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "jpa", "cassandra", "distributed", "postgres"})
    void shouldSetOnlyKeysThatTheSampleHasInTheConfigurationOfEachFlavour(String flavour) throws IOException {
        Properties settings = new Properties();
        settings.load(new ByteArrayInputStream(archive.file("flavours/" + flavour + "/dane.properties")));
        String sample = archive.text("conf/dane.properties");

        assertThat(settings.stringPropertyNames()).isNotEmpty().allSatisfy(key -> assertThat(sample).contains("\n#" + key + "="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.8", "3.9"})
    void shouldCopyInItsDockerfilesOnlyWhatTheArchiveHas(String line) {
        String dockerfile = archive.text("docker/Dockerfile-james-" + line).replace("${FLAVOUR}", "memory").replace("\\\n", " ");
        List<String> instructions = dockerfile.lines().filter(one -> !one.isBlank() && !one.startsWith("#")).toList();

        assertThat(instructions).anyMatch(one -> one.startsWith("FROM apache/james:memory-" + line + "."))
            .allMatch(one -> one.matches("(ARG|FROM|WORKDIR|COPY|EXPOSE|ENTRYPOINT|CMD) .+"));
        assertThat(instructions).filteredOn(one -> one.startsWith("COPY ") && !one.contains("--from=")).isNotEmpty().allSatisfy(copy -> {
            List<String> words = List.of(copy.split(" +"));
            for (String source : words.subList(1, words.size() - 1)) {
                assertThat(archive.files().keySet()).as(copy).anyMatch(file -> file.matches(source.replace(".", "\\.").replace("*", ".*")));
            }
        });
    }
}
