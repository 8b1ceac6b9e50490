/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The README's picture and table, which show what the demonstration shows. */
class OverviewTest {
    private static final Path README = Path.of("../../README.md");
    private static final Path PICTURE = Path.of("../../docs/overview.svg");
    private static final int LONGEST_README = 120;

    private static List<Element> elements(String name) throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(PICTURE.toFile()).getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static String outcome(Destination destination) {
        return destination.expectedFate() + " (" + destination.expectedMark() + ")";
    }

    @Test
    void shouldDrawEachDestinationWithItsOutcome() throws Exception {
        List<String> drawn = elements("text").stream().filter(text -> Integer.parseInt(text.getAttribute("x")) >= 580)
            .map(text -> text.getAttribute("class") + " " + text.getTextContent()).toList();

        assertThat(drawn).isEqualTo(Arrays.stream(Destination.values()).flatMap(destination -> List.of("name " + destination.domain(),
            "text " + destination.story(), destination.expectedFate() + " " + outcome(destination)).stream()).toList());
    }

    @Test
    void shouldRefuseInThePictureAsManyAsAreDeferred() throws Exception {
        long deferred = Arrays.stream(Destination.values()).filter(each -> each.expectedFate() == Destination.Fate.DEFERRED).count();

        // A line and a cross for each.
        assertThat(elements("path").stream().map(path -> path.getAttribute("class"))).filteredOn("refused"::equals)
            .hasSize((int) deferred * 2);
        assertThat(elements("circle")).hasSize(Destination.values().length - (int) deferred);
    }

    /** A page is light or dark; a picture in a page loads nothing. */
    @Test
    void shouldGiveEachClassOfThePictureALightAndADarkColour() throws Exception {
        String style = elements("style").get(0).getTextContent();
        int dark = style.indexOf("@media (prefers-color-scheme: dark)");
        Set<String> used = new TreeSet<>();
        for (String name : List.of("rect", "path", "text", "circle")) {
            elements(name).forEach(element -> used.add(element.getAttribute("class")));
        }

        assertThat(used).hasSizeGreaterThan(5).allSatisfy(each -> {
            assertThat(style.substring(0, dark)).contains("." + each + " {");
            assertThat(style.substring(dark)).contains("." + each + " {");
        });
        assertThat(Files.readString(PICTURE).replace("http://www.w3.org/2000/svg", "")).doesNotContain("http", "href", "url(", "<script");
    }

    @Test
    void shouldShowInTheReadmeTheTableOfTheDemonstration() throws IOException {
        String readme = Files.readString(README);

        assertThat(readme.lines()).hasSizeLessThanOrEqualTo(LONGEST_README);
        assertThat(readme).contains("](docs/" + PICTURE.getFileName() + ")");
        assertThat(readme.lines().filter(line -> line.startsWith("ok "))).hasSameSizeAs(Destination.values())
            .zipSatisfy(List.of(Destination.values()), (line, destination) -> assertThat(line).containsPattern(String.join(" .*",
                Pattern.quote(destination.recipient()), Pattern.quote(destination.story()), Pattern.quote(outcome(destination)),
                Pattern.quote(destination.lastHost()))));
    }
}
