/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;

/**
 * An entry of the cache of verdicts, for people: an answer or a failure that is kept until it expires.
 *
 * @param type the mnemonic of the type asked for
 * @param outcome the kind of answer, or the reason of the failure, in words
 * @param proof why it is secure or insecure; empty for a failure
 * @param expiry when it is asked for anew
 */
public record CachedAnswer(DomainName owner, String type, String outcome, Optional<Proof> proof, Instant expiry) {

    /**
     * Zone, or other proved fact, at a name on the way to an answer.
     *
     * @param finding {@code secure}, {@code insecure}, or {@code part of the zone above}
     * @param keyTags the key tags of a secure zone
     * @param chain the verified links from the trust anchor
     */
    public record Zone(DomainName name, String finding, List<Integer> keyTags, List<Proof.Link> chain, Instant expiry) {
        public Zone {
            keyTags = List.copyOf(keyTags);
            chain = List.copyOf(chain);
        }
    }
}
