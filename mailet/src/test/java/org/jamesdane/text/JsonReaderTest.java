/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON from anybody by RFC 8259, and the notes on what I-JSON forbids (RFC 7493). */
class JsonReaderTest {
    private static JsonReader.Read read(String text) {
        assertThat(JsonReader.read(text)).isInstanceOf(JsonReader.Read.class);
        return (JsonReader.Read) JsonReader.read(text);
    }

    private static String why(String text) {
        return ((JsonReader.Malformed) JsonReader.read(text)).text();
    }

    @Test
    void shouldReadEachKindOfValue() {
        JsonReader.Read read = read(" {\"a\" : [1, -2.5e+3, true, false, null, \"\\u00e4\\n\\\"\\\\\\/\", {}, []]}\n");

        assertThat(read.value()).isEqualTo(new JsonValue.Obj(Map.of("a", new JsonValue.Arr(List.of(new JsonValue.Num("1"),
            new JsonValue.Num("-2.5e+3"), new JsonValue.Word("true"), new JsonValue.Word("false"), new JsonValue.Word("null"),
            new JsonValue.Str("\u00e4\n\"\\/"), new JsonValue.Obj(Map.of()), new JsonValue.Arr(List.of()))))));
        assertThat(read.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "[1,]", "[,1]", "[1 2]", "01",
        "-", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity", "tru", "nul", "\"", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\u123\"", "\"\t\"",
        "\"\n\"", "1 1", "{}{}", "[]]", "//\n{}", "{}/**/", "\u00a0{}", "\"\\u\u0661\u0661\u0661\u0661\""})
    void shouldRefuseWhatIsNoJson(String text) {
        assertThat(JsonReader.read(text)).isInstanceOfSatisfying(JsonReader.Malformed.class,
            malformed -> assertThat(malformed.text()).matches("[ -~]+"));
    }

    @Test
    void shouldSayWhereItStops() {
        assertThat(why("{\"a\": 1, b}")).isEqualTo("\"b}\" at character 10 is not what JSON has there");
        assertThat(why("{\"a\": ")).isEqualTo("it ends too early");
    }

    @Test
    void shouldNoteWhatInternetJsonForbids() {
        assertThat(read("{\"a\":1,\"\\u0061\":2}").notes()).containsExactly("an object has more than one member \"a\"");
        assertThat(((JsonValue.Obj) read("{\"a\":1,\"a\":2}").value()).members()).containsEntry("a", new JsonValue.Num("1"));
        assertThat(read("\"\\ud800\"").notes()).containsExactly("a string holds U+D800, a surrogate or no character");
        assertThat(read("\"\\udbff\\udfff\"").notes()).containsExactly("a string holds U+10FFFF, a surrogate or no character");
        assertThat(read("\"\\ufdd0\"").notes()).hasSize(1);
        assertThat(read("\"\\ud83d\\ude00\"").notes()).isEmpty();
        assertThat(read("\ufeff{}").notes()).containsExactly("it begins with a byte order mark");
    }

    @Test
    void shouldBoundDepthAndNotes() {
        assertThat(why("[".repeat(2_000_000))).contains("more than 32");
        assertThat(why("{\"a\":".repeat(2_000_000))).contains("more than 32");
        assertThat(read("[".repeat(32) + "]".repeat(32)).notes()).isEmpty();
        StringBuilder doubled = new StringBuilder("[0");
        for (int i = 0; i < 100; i++) {
            doubled.append(",{\"").append(i).append("\":0,\"").append(i).append("\":0}");
        }
        assertThat(read(doubled.append("]").toString()).notes()).hasSize(JsonReader.MAX_NOTES);
    }
}
