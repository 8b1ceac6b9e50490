/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.jamesdane.text.Blanks;
import org.jamesdane.text.PrintableText;

/** Reads the text of a TXT record by the grammar of RFC 8460 §3. */
final class TlsRptRecordReader {
    private static final Pattern VERSION = Pattern.compile("v=TLSRPTv1[ \\t]*+;");
    private static final Pattern EXTENSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]++");
    private static final String RUA = "rua=";

    private final Set<Rua> rua = new LinkedHashSet<>();
    private final List<String> refused = new ArrayList<>();

    private TlsRptRecordReader() {
    }

    /** Tests whether a record begins with the version and a delimiter. */
    static boolean isVersioned(String record) {
        return VERSION.matcher(record).lookingAt();
    }

    /** Reads a record that begins with the version. */
    static TlsRptRecord read(String record) {
        String[] parts = record.split(";", -1);
        int last = parts.length - 1;
        boolean named = false;
        TlsRptRecordReader reader = new TlsRptRecordReader();
        for (int i = 1; i <= last; i++) {
            // Blanks belong to the delimiters: they stand on both sides of a semicolon, and not at the end of a record.
            String part = i < last ? Blanks.withoutTrailing(Blanks.withoutLeading(parts[i])) : Blanks.withoutLeading(parts[i]);
            if (part.isEmpty() && i == last && i > 1) {
                break;
            }
            if (!part.startsWith(RUA)) {
                // RFC 8460 §3: unknown fields are ignored, as long as they are fields.
                if (!EXTENSION.matcher(part).matches()) {
                    return new TlsRptRecord.Invalid("\"" + PrintableText.of(part) + "\" is no field");
                }
                continue;
            }
            named = true;
            String[] uris = part.substring(RUA.length()).split(",", -1);
            for (int j = 0; j < uris.length; j++) {
                String begun = j == 0 ? uris[j] : Blanks.withoutLeading(uris[j]);
                String uri = j == uris.length - 1 ? begun : Blanks.withoutTrailing(begun);
                if (reader.take(Rua.read(uri)) instanceof Rua.Malformed malformed) {
                    return new TlsRptRecord.Invalid("its rua " + malformed.text());
                }
            }
        }
        return reader.result(named);
    }

    private Rua.Reading take(Rua.Reading reading) {
        if (reading instanceof Rua.Usable usable) {
            if (rua.size() < TlsRptRecord.MAX_RUA) {
                rua.add(usable.rua());
            } else if (!rua.contains(usable.rua())) {
                refused.add("\"" + PrintableText.of(usable.rua().toString()) + "\" is one too many; " + TlsRptRecord.MAX_RUA
                    + " are taken");
            }
        } else if (reading instanceof Rua.Refused not) {
            refused.add(not.text());
        }
        return reading;
    }

    private TlsRptRecord result(boolean named) {
        if (!rua.isEmpty()) {
            return new TlsRptRecord.Published(List.copyOf(rua), refused);
        }
        return new TlsRptRecord.Invalid(named ? "its rua " + refused.get(0) : "it has no rua");
    }
}
