/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dane.failure.TlsReportType;

/** Result of fetching a domain's policy from its policy host by HTTPS (RFC 8461 §3.3). */
public sealed interface PolicyFetch {

    /**
     * The host served a policy.
     *
     * @param certificateEnds the end of the time of the host's certificate, where that is known
     */
    record Fetched(StsPolicy policy, Optional<Instant> certificateEnds) implements PolicyFetch {
    }

    /**
     * There is no policy to be had now.
     *
     * @param cause what went wrong
     * @param text one clause for people
     */
    record Failed(Cause cause, String text) implements PolicyFetch {
    }

    /**
     * The fetch did not begin: this server had no room for it in time, which says nothing of the host.
     *
     * @param text one clause for people
     */
    record Postponed(String text) implements PolicyFetch {
    }

    /** Cause of a failed fetch, in the distinctions of TLS reports (RFC 8460 §4.3.2.2). */
    enum Cause {
        /** The host could not be reached, or sent no complete answer with status 200. */
        UNAVAILABLE(TlsReportType.STS_POLICY_FETCH_ERROR),
        /** The host's certificate does not prove its name. */
        CERTIFICATE(TlsReportType.STS_WEBPKI_INVALID),
        /** The host served something that is no policy. */
        INVALID(TlsReportType.STS_POLICY_INVALID);

        private final TlsReportType reportType;

        Cause(TlsReportType reportType) {
            this.reportType = reportType;
        }

        /** The result type for TLS reports. */
        public TlsReportType reportType() {
            return reportType;
        }
    }

    /** The result of a fetch that ended with status 200 and this body. */
    static PolicyFetch of(byte[] body) {
        return of(body, Optional.empty());
    }

    /** The same from a host whose certificate ends at a time. */
    static PolicyFetch of(byte[] body, Optional<Instant> certificateEnds) {
        StsPolicy.Reading reading = StsPolicy.read(body);
        return reading instanceof StsPolicy.Malformed malformed ? new Failed(Cause.INVALID, malformed.text())
            : new Fetched(((StsPolicy.Read) reading).policy(), certificateEnds);
    }
}
