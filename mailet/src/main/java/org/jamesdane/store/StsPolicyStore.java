/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.List;

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

    /** Writes all policies in place of what is kept, also of what cannot be read. */
    void replace(List<StsPolicyJson.Entry> entries) throws StoreException;
}
