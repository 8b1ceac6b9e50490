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
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveIT {
    /** Which artifact the classes of a package are of. */
    private static final Map<String, String> ARTIFACTS = Map.ofEntries(Map.entry("org/xbill/", "dnsjava"),
        Map.entry("com/github/benmanes/caffeine/", "caffeine"), Map.entry("org/postgresql/", "postgresql"),
        Map.entry("picocli/", "picocli"), Map.entry("org/slf4j/", "slf4j-api"), Map.entry("org/bouncycastle/", "bcprov-jdk18on"),
        Map.entry("org/bouncycastle/tls/", "bctls-jdk18on"), Map.entry("org/bouncycastle/asn1/bsi/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/cms/", "bcutil-jdk18on"), Map.entry("org/bouncycastle/asn1/eac/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/edec/", "bcutil-jdk18on"), Map.entry("org/bouncycastle/asn1/oiw/", "bcutil-jdk18on"),
        Map.entry("org/bouncycastle/asn1/rosstandart/", "bcutil-jdk18on"));

    private final Archive archive = new Archive();

    @Test
    void shouldHoldAllThatIsNeededToInstallIt() {
        assertThat(archive.files()).containsKeys("dane-mailet-" + archive.version() + "-james-3.8.jar",
            "dane-mailet-" + archive.version() + "-james-3.9.jar", "dane-check.jar", "dane-james-" + archive.version() + ".cdx.json",
            "README.md", "LICENSE", "docs/migration.md", "docs/parameters.md", "docs/operating.md", "conf/dane.properties",
            "conf/mailetcontainer.xml", "monitoring/dane-alerts.yml", "monitoring/dane-dashboard.json", "docker/Dockerfile-james-3.8",
            "docker/Dockerfile-james-3.9", "licences/dnsjava/META-INF/LICENSE", "licences/caffeine/META-INF/LICENSE",
            "licences/postgresql/META-INF/LICENSE");
    }

    @Test
    void shouldNameInItsBillOfMaterialsExactlyWhatItsJarsBundle() throws IOException {
        Set<String> bundled = new TreeSet<>();
        for (String jar : archive.files().keySet().stream().filter(name -> name.endsWith(".jar")).toList()) {
            try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.file(jar)))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    String name = entry.getName().replaceFirst("^org/jamesdane/shaded/", "");
                    if (name.endsWith(".class") && !name.startsWith("org/jamesdane/")) {
                        bundled.add(ARTIFACTS.entrySet().stream().filter(artifact -> name.startsWith(artifact.getKey()))
                            .max(Comparator.comparing(artifact -> artifact.getKey().length())).map(Map.Entry::getValue)
                            .orElse("unknown: " + name));
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

        assertThat(named).isEqualTo(bundled);
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
