/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Looks up DNS records with DNSSEC validation, one step at a time.
 */
public interface SecureDns {

    /**
     * Asks for the records of one type at one name.
     *
     * <p>An alias (CNAME or DNAME) is not followed but returned as {@link Lookup.Alias}, because RFC 7672 §2.2.2 needs to know
     * the security of each step. Only for {@link RecordType#CNAME} the alias itself is the answer.
     *
     * @return completes normally with a {@link Lookup.Failed} where the lookup did not succeed; exceptional completion is a defect
     */
    <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type);

    /**
     * The resolver that was asked last for a lookup that has ended, as a word for it. Asked for right after the lookup.
     *
     * @return empty if none was asked, or if it is forgotten
     */
    Optional<String> resolver(DomainName name, RecordType<?> type);
}
