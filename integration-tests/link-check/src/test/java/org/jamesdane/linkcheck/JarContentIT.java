/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contents of the packaged jars. */
class JarContentIT {
    private static final String SHADED = "org/jamesdane/shaded/";

    @ParameterizedTest
    @ValueSource(strings = {"james38.extension", "james39.extension"})
    void shouldHoldNothingThatCouldCollideWithJames(String property) throws IOException {
        assertThat(files(property)).isNotEmpty().allMatch(name -> name.startsWith("org/jamesdane/") || name.startsWith("META-INF/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"james38.extension", "james39.extension"})
    void shouldHoldNoServicesNoVariantsAndNoForeignMetadata(String property) throws IOException {
        assertThat(files(property)).filteredOn(name -> name.startsWith("META-INF/")).containsExactlyInAnyOrder(
            "META-INF/MANIFEST.MF",
            "META-INF/LICENSE",
            "META-INF/NOTICE",
            "META-INF/licenses/dnsjava.txt",
            "META-INF/licenses/caffeine.txt",
            "META-INF/licenses/postgresql.txt",
            "META-INF/licenses/bouncycastle.txt",
            "META-INF/licenses/httpcore.txt",
            "META-INF/licenses/com.ongres.scram/scram-client-3.2/META-INF/LICENSE",
            "META-INF/licenses/com.ongres.scram/scram-common-3.2/META-INF/LICENSE",
            "META-INF/licenses/com.ongres.stringprep/saslprep-2.2/META-INF/LICENSE",
            "META-INF/licenses/com.ongres.stringprep/stringprep-2.2/META-INF/LICENSE",
            "META-INF/maven/org.jamesdane/dane-mailet/pom.properties",
            "META-INF/maven/org.jamesdane/dane-dns-validator/pom.properties",
            "META-INF/maven/dnsjava/dnsjava/pom.properties");
    }

    @ParameterizedTest
    @ValueSource(strings = {"james38.extension", "james39.extension"})
    void shouldHoldTheBundledLibrariesRelocatedAndWhole(String property) throws IOException {
        List<String> files = files(property);

        assertThat(files).contains(
            "org/jamesdane/dns/SecureDns.class",
            "org/jamesdane/dane/channel/Permit.class",
            SHADED + "org/xbill/DNS/Message.class",
            SHADED + "org/xbill/DNS/TLSARecord.class",
            SHADED + "com/github/benmanes/caffeine/cache/Caffeine.class",
            SHADED + "org/postgresql/ds/PGSimpleDataSource.class",
            SHADED + "org/bouncycastle/tls/TlsClientProtocol.class",
            SHADED + "org/apache/hc/core5/http/impl/io/ChunkedInputStream.class");
        assertThat(files).noneMatch(name -> name.startsWith(SHADED + "org/xbill/DNS/spi/")
            || name.startsWith(SHADED + "org/xbill/DNS/tools/"));
        // Caffeine finds its implementations by name, by what features a cache uses.
        assertThat(files).filteredOn(name -> name.startsWith(SHADED + "com/github/benmanes/caffeine/cache/")).hasSizeGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"james38.extension", "james39.extension"})
    void shouldSayWhichLineOfJamesItIsForAndWhatItBundles(String property) throws IOException {
        try (JarFile jar = new JarFile(PackagedJarsIT.path(property).toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("James-Line")).isEqualTo(property.startsWith("james38") ? "3.8" : "3.9");
            assertThat(manifest.getValue("Multi-Release")).isNull();

            Properties bundled = new Properties();
            bundled.load(jar.getInputStream(jar.getEntry("META-INF/maven/dnsjava/dnsjava/pom.properties")));
            assertThat(bundled.getProperty("version")).startsWith("3.7.");
            assertThat(new String(jar.getInputStream(jar.getEntry("META-INF/NOTICE")).readAllBytes(), UTF_8))
                .contains("META-INF/licenses/dnsjava.txt", "META-INF/licenses/caffeine.txt", "META-INF/licenses/postgresql.txt",
                    "META-INF/licenses/bouncycastle.txt", "META-INF/licenses/httpcore.txt");
        }
    }

    @Test
    void shouldMakeACommandThatNeedsNoJames() throws IOException {
        Path extension = PackagedJarsIT.path("james38.extension");
        Path command = extension.resolveSibling(extension.getFileName().toString().replace("-james-3.8.jar", "-dane-check.jar"));
        List<String> files = files(command);

        assertThat(files).contains("org/jamesdane/cli/DaneCheck.class", "org/jamesdane/delivery/diagnosis/Diagnosis.class",
            "META-INF/services/org.slf4j.spi.SLF4JServiceProvider", "META-INF/licenses/slf4j.txt");
        assertThat(files).allMatch(name -> name.startsWith("org/jamesdane/") || name.startsWith("META-INF/")
            || name.startsWith("picocli/") || name.startsWith("org/slf4j/"));
        assertThat(files).noneMatch(name -> name.startsWith("org/jamesdane/james/") || name.startsWith("org/jamesdane/webadmin/")
            || name.startsWith("org/jamesdane/store/"));
        assertThat(files("james38.extension")).noneMatch(name -> name.startsWith("org/jamesdane/cli/"));
    }

    private static List<String> files(String property) throws IOException {
        return files(PackagedJarsIT.path(property));
    }

    private static List<String> files(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName).toList();
        }
    }
}
