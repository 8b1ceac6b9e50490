/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Replies of a stranger: each is read within its bounds, or is none; and nothing in what is shown of it forges a line. */
class ReplyFuzzTest {

    @FuzzTest
    void shouldReadRepliesWithinBounds(byte[] octets) throws IOException {
        ReplyReader reader = new ReplyReader(new ByteArrayInputStream(octets));
        while (true) {
            SmtpReply reply;
            try {
                reply = reader.read();
            } catch (ReplyReader.MalformedReplyException e) {
                assertThat(String.valueOf(e.getMessage())).doesNotContain("\r", "\n", "\u2028");
                return;
            } catch (EOFException e) {
                return;
            }
            assertThat(reply.code()).isBetween(200, 599);
            assertThat(reply.lines()).hasSizeBetween(1, ReplyReader.MAX_LINES);
            assertThat(String.join("", reply.octets()).length()).isLessThanOrEqualTo(ReplyReader.MAX_REPLY_OCTETS);
            assertThat(reply.text()).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
            assertThat(reply.toString()).doesNotContainPattern("[\\p{Zl}\\p{Zp}]").doesNotContain("\r", "\n");
            assertThat(reply.diagnostic()).matches("[\\x20-\\x7e]*");
            reply.enhanced();
            Capabilities capabilities = Capabilities.of(reply);
            capabilities.sizeLimit().ifPresent(size -> assertThat(size).isNotNegative());
            capabilities.authMechanisms();
        }
    }
}
