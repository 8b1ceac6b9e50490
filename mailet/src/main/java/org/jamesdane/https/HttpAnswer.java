/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.text.PrintableText;

/** Reads the answer to a request for a policy (RFC 9112), within limits on each of its parts. */
final class HttpAnswer {
    /** Octets of a line of the head. Servers' own limits are mostly 8 KB. */
    static final int MAX_LINE = 8192;
    /** Fields of a head. */
    static final int MAX_FIELDS = 100;
    /** Interim answers before the final one (RFC 9110 §15.2); a request without expectations has no need of any. */
    static final int MAX_INTERIM = 4;

    private static final Http1Config LIMITS = Http1Config.custom().setMaxLineLength(MAX_LINE).setMaxHeaderCount(MAX_FIELDS)
        .setMaxEmptyLineCount(1).build();
    private static final String TEXT = "text/plain";
    private static final int FIRST_FINAL = 200;

    private final InputStream in;
    private final SessionInputBufferImpl buffer = new SessionInputBufferImpl(MAX_LINE, MAX_LINE);

    private HttpAnswer(InputStream in) {
        this.in = in;
    }

    /**
     * Reads an answer with status 200 and a text.
     *
     * @return its body, of {@link StsPolicy#MAX_OCTETS} and one octets at most
     * @throws FetchFailure for any other answer
     * @throws IOException if the connection breaks
     */
    static byte[] read(InputStream in) throws FetchFailure, IOException {
        try {
            return new HttpAnswer(in).read();
        } catch (ConnectionClosedException e) {
            throw FetchFailure.unavailable("the policy host closed the connection before its answer was complete");
        } catch (HttpException | MessageConstraintException | MalformedChunkCodingException e) {
            throw FetchFailure.unavailable("the policy host's answer is not HTTP: " + PrintableText.of(String.valueOf(e.getMessage())));
        }
    }

    private byte[] read() throws FetchFailure, IOException, HttpException {
        ClassicHttpResponse head = head();
        // RFC 8461 §3.3: redirects are not followed, and only status 200 counts.
        if (head.getCode() != HttpStatus.SC_OK) {
            throw FetchFailure.unavailable("the policy host answered with status " + head.getCode() + " instead of 200");
        }
        requireText(head);
        return body(head).readNBytes(StsPolicy.MAX_OCTETS + 1);
    }

    private ClassicHttpResponse head() throws FetchFailure, IOException, HttpException {
        DefaultHttpResponseParser parser = new DefaultHttpResponseParser(LIMITS);
        for (int i = 0; i <= MAX_INTERIM; i++) {
            ClassicHttpResponse head = parser.parse(buffer, in);
            if (head == null) {
                throw FetchFailure.unavailable("the policy host closed the connection without an answer");
            }
            if (head.getCode() >= FIRST_FINAL) {
                // The parser takes the name of any version for one whose form it knows.
                if (head.getVersion().getMajor() != HttpVersion.HTTP_1_1.getMajor()) {
                    throw FetchFailure.unavailable("the policy host's answer is not HTTP/1: " + head.getVersion());
                }
                return head;
            }
        }
        throw FetchFailure.unavailable("the policy host sent more than " + MAX_INTERIM + " interim answers");
    }

    private static void requireText(ClassicHttpResponse head) throws FetchFailure {
        // RFC 8461 §3.2: other content may be a stranger's, who may put files on the host.
        String type = only(head, HttpHeaders.CONTENT_TYPE).orElseThrow(
            () -> FetchFailure.invalid("the policy host does not say of which type its answer is, " + TEXT + " being the one"));
        int parameters = type.indexOf(';');
        if (!(parameters < 0 ? type : type.substring(0, parameters)).strip().equalsIgnoreCase(TEXT)) {
            throw FetchFailure.invalid("the policy host's answer is of the type \"" + PrintableText.of(type) + "\" instead of " + TEXT);
        }
        Optional<String> coding = only(head, HttpHeaders.CONTENT_ENCODING);
        if (coding.filter(each -> !each.equalsIgnoreCase("identity")).isPresent()) {
            throw FetchFailure.invalid("the policy host's answer has the coding \"" + PrintableText.of(coding.orElseThrow())
                + "\", which was not asked for");
        }
    }

    private static Optional<String> only(ClassicHttpResponse head, String name) throws FetchFailure {
        Header[] fields = head.getHeaders(name);
        if (fields.length > 1) {
            throw FetchFailure.unavailable("the policy host's answer has the field " + name + " more than once");
        }
        return fields.length == 0 ? Optional.empty() : Optional.ofNullable(fields[0].getValue());
    }

    private InputStream body(ClassicHttpResponse head) throws FetchFailure, HttpException {
        // RFC 9112 §6.3: an answer with both fields may be an attempt to split it.
        if (only(head, HttpHeaders.TRANSFER_ENCODING).isPresent() && only(head, HttpHeaders.CONTENT_LENGTH).isPresent()) {
            throw FetchFailure.unavailable("the policy host's answer has two lengths");
        }
        long length = new DefaultContentLengthStrategy().determineLength(head);
        if (length == ContentLengthStrategy.CHUNKED) {
            return new ChunkedInputStream(buffer, in, LIMITS);
        }
        if (length < 0) {
            // RFC 9112 §9.8: where the connection's end is the answer's, who cuts the connection shortens the policy.
            throw FetchFailure.unavailable("the policy host does not say how long its answer is");
        }
        return new ContentLengthInputStream(buffer, in, length);
    }
}
