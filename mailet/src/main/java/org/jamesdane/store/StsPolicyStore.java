/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.List;

import org.jamesdane.dns.DomainName;

/** Keeps the MTA-STS policies of domains. {@link StsPolicies} holds what was read of it, and asks it for nothing else. */
interface StsPolicyStore {

    /**
     * Tests whether there is a set of policies, if an empty one.
     *
     * @throws StoreException if that is not known
     */
    boolean holds() throws StoreException;

    /**
     * All policies; the last for a domain counts.
     *
     * @throws StoreException if one cannot be read, which is not the same as none
     */
    List<StsPolicyJson.Entry> load() throws StoreException;

    /** Writes a policy in place of the domain's policy before, so that it outlives a power failure. */
    void write(StsPolicyJson.Entry entry) throws StoreException;

    /** Writes policies that are missing here, beside those that are there. */
    void restore(List<StsPolicyJson.Entry> entries) throws StoreException;

    /**
     * Drops what nobody needs any more.
     *
     * @param entries all policies whose lifetime is not over
     */
    void compact(List<StsPolicyJson.Entry> entries) throws StoreException;

    /** Tests whether other nodes write here, too. Then a policy that is not here may be one that they gave up. */
    boolean isShared();

    /** Policies that others have written since the last call, and perhaps some before; none where nobody else writes. */
    List<StsPolicyJson.Entry> changes() throws StoreException;

    /**
     * Claims the refresh of a domain's policy.
     *
     * @return false where another node has it
     */
    boolean claim(DomainName domain) throws StoreException;

    /** Keeps what cannot be read out of the way, for people; returns whether policies can be written after that. */
    boolean setAside() throws StoreException;
}
