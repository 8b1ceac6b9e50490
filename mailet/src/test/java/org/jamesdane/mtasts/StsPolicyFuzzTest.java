/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Bodies that a policy host sent: read as the grammar of RFC 8461 §3.2 says, which stands here once more as expressions over octets, or
 * refused with a sentence.
 */
class StsPolicyFuzzTest {
    /** The octets of a visible character (RFC 3629 §4), each octet as a character. */
    private static final String VCHAR = "(?:[\\x21-\\x7e]|[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]"
        + "|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}"
        + "|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2})";
    private static final Pattern LINE = Pattern.compile(
        "([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \\t]*+((?:" + VCHAR + "++\\x20*+)*+)(?:\\t[ \\t]*)?");
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern MX = Pattern.compile("(?:\\*\\.)?(" + LABEL + "(?:\\." + LABEL + ")*)");

    @FuzzTest
    void shouldReadWhatTheGrammarAllowsAndNothingElse(byte[] octets) {
        StsPolicy.Reading reading = StsPolicy.read(octets);
        List<String> lines = new ArrayList<>();
        boolean valid = isPolicy(new String(octets, StandardCharsets.ISO_8859_1), lines);
        assertThat(reading instanceof StsPolicy.Read).isEqualTo(valid);
        if (reading instanceof StsPolicy.Malformed malformed) {
            assertThat(malformed.text()).matches("[ -~]+").hasSizeLessThan(300);
        } else {
            StsPolicy policy = ((StsPolicy.Read) reading).policy();
            assertThat(policy.mode()).hasToString(value(lines, "mode"));
            assertThat(policy.lines()).hasSameSizeAs(lines);
            assertThat(policy.maxAge().toSeconds())
                .isEqualTo(Math.max(300, Math.min(31_557_600, Long.parseLong(value(lines, "max_age")))));
            assertThat(policy.mx().size()).isEqualTo((int) lines.stream().filter(line -> line.startsWith("mx:")).count());
            assertThat(StsPolicy.read(policy.body().getBytes(StandardCharsets.UTF_8))).isEqualTo(reading);
        }
    }

    /** Tests a body, one character for each octet, and takes its lines as name, colon and value. */
    private static boolean isPolicy(String body, List<String> fields) {
        if (body.length() > StsPolicy.MAX_OCTETS) {
            return false;
        }
        String[] lines = body.split("\r?\n", -1);
        int end = lines.length > 1 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (int i = 0; i < end; i++) {
            Matcher line = LINE.matcher(lines[i]);
            if (!line.matches() || line.group(2).isEmpty()) {
                return false;
            }
            fields.add(line.group(1) + ":" + line.group(2).stripTrailing());
        }
        boolean names = fields.stream().filter(field -> field.startsWith("mx:")).map(field -> field.substring(3))
            .allMatch(StsPolicyFuzzTest::isPattern);
        boolean some = fields.stream().anyMatch(field -> field.startsWith("mx:")) || value(fields, "mode").equals("none");
        return names && some && value(fields, "version").equals("STSv1") && value(fields, "mode").matches("enforce|testing|none")
            && value(fields, "max_age").matches("[0-9]{1,10}");
    }

    private static boolean isPattern(String text) {
        Matcher pattern = MX.matcher(text);
        return text.length() <= 255 && pattern.matches() && pattern.group(1).length() <= 253;
    }

    private static String value(List<String> fields, String name) {
        return fields.stream().filter(field -> field.startsWith(name + ":")).map(field -> field.substring(name.length() + 1)).findFirst()
            .orElse("");
    }
}
