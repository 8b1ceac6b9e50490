/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two jars as the build has packaged them, against the James that each is for.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackagedJarsIT {
    private static final String BUNDLED = "org/jamesdane/shaded/";
    private static final String TELLS_THE_JARS_APART = "org/jamesdane/james/JamesVersionCheck";
    private static final Logger LOGGER = LoggerFactory.getLogger(PackagedJarsIT.class);

    private final JarClasses james38 = JarClasses.in(path("james38.libraries"));
    private final JarClasses james39 = JarClasses.in(path("james39.libraries"));
    private final Path jar38 = path("james38.extension");
    private final Path jar39 = path("james39.extension");
    private final ListedClasses optional = ListedClasses.resource("optional-classes.txt");
    private final ListedClasses unreadAnnotations = ListedClasses.resource("unread-annotations.txt");
    private final ListedClasses lackingIn39 = ListedClasses.resource("lacking-in-james-3.9.txt");
    private final LinkReport report38 = LinkCheck.against(james38).check(jar38);
    private final LinkReport report39 = LinkCheck.against(james39, james38, lackingIn39).check(jar39);

    @AfterAll
    void close() {
        james38.close();
        james39.close();
    }

    @Test
    void shouldLinkAgainstJames38() {
        LOGGER.info("James 3.8: {}", report38.summary());

        assertThat(unexpected(report38)).isEmpty();
    }

    @Test
    void shouldLinkAgainstJames39() {
        LOGGER.info("James 3.9: {}", report39.summary());

        assertThat(unexpected(report39)).isEmpty();
    }

    @Test
    void shouldListAsLackingOnlyWhatIsLackingAndUsed() {
        assertThat(report39.foreign()).extracting(Reference::owner).isNotEmpty()
            .filteredOn(lackingIn39::contains).allSatisfy(name -> assertThat(james39.find(name)).isEmpty());
        assertThat(lackingIn39.unused()).isEmpty();
    }

    @Test
    void shouldListAsOptionalOnlyWhatIsUsed() {
        unexpected(report38);
        unexpected(report39);

        assertThat(optional.unused()).isEmpty();
        assertThat(unreadAnnotations.unused()).isEmpty();
    }

    @Test
    void shouldOverrideTheSameMethodsInBoth() {
        Set<String> in38 = report38.overrides().stream().map(Renaming::renamedDescriptor).collect(Collectors.toSet());
        Set<String> in39 = new TreeSet<>(report39.overrides());

        assertThat(in38).isNotEmpty();
        assertThat(in39).filteredOn(override -> !in38.contains(override)).as("only against James 3.9").isEmpty();
        assertThat(in38).filteredOn(override -> !in39.contains(override)).as("only against James 3.8").isEmpty();
    }

    @Test
    void shouldSpeakOfJakartaInOneAndOfJavaEeInTheOther() {
        assertThat(report38.foreign()).extracting(Reference::owner).noneMatch(name -> name.startsWith("jakarta/"));
        assertThat(report39.foreign()).extracting(Reference::owner).allMatch(name -> Renaming.renamed(name).equals(name));
    }

    @Test
    void shouldSayTheSameTextsInBothButForTheOneThatTellsThemApart() {
        Map<String, Set<String>> in38 = texts(jar38);
        Map<String, Set<String>> in39 = texts(jar39);

        assertThat(in38.remove(TELLS_THE_JARS_APART)).contains("javax.mail.MessagingException");
        assertThat(in39.remove(TELLS_THE_JARS_APART)).contains("jakarta.mail.MessagingException");
        assertThat(in39).isNotEmpty().isEqualTo(in38);
    }

    @Test
    void shouldBeCheckedAgainstTheVersionsOfJamesThatTheParentNames() {
        assertThat(path("james38.libraries").resolve("james-server-memory-app-" + property("james38.version") + ".jar")).exists();
        assertThat(path("james39.libraries").resolve("james-server-guice-mailet-" + property("james39.version") + ".jar")).exists();
    }

    private List<LinkReport.Fault> unexpected(LinkReport report) {
        return report.faults().stream().filter(fault -> !isExpected(fault)).toList();
    }

    private boolean isExpected(LinkReport.Fault fault) {
        return fault.reference() instanceof Reference.ToAnnotation
            ? unreadAnnotations.contains(fault.blamed())
            : fault.in().startsWith(BUNDLED) && optional.contains(fault.blamed());
    }

    private static Map<String, Set<String>> texts(Path jar) {
        try (JarClasses classes = JarClasses.of(jar)) {
            Map<String, Set<String>> texts = new TreeMap<>();
            classes.names().forEach(name -> texts.put(name, new TreeSet<>(StringConstants.of(classes.bytes(name)))));
            return texts;
        }
    }

    static Path path(String property) {
        return Path.of(property(property)).toAbsolutePath().normalize();
    }

    private static String property(String property) {
        return Objects.requireNonNull(System.getProperty(property), property + " is set by the build; run mvn verify");
    }
}
