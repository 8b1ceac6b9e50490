/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.List;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;
import org.junit.jupiter.api.Test;

/** Proofs are made in one place each, so that reading that place is reading all there is. */
class ProofBoundaryTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("org.jamesdane.dns");

    @Test
    void shouldMakeProofsOfInsecurityInOneClassOnly() {
        noClasses().that().areNotAssignableTo(InsecurityProofs.class)
            .should().callConstructor(Proof.Insecure.class, Proof.Cause.class, DomainName.class, List.class)
            .check(CLASSES);
    }

    @Test
    void shouldMakeSecureProofsOnlyWhereAnswersAreJudged() {
        noClasses().that().areNotAssignableTo(AnswerJudge.class).and().areNotAssignableTo(AdBitValidator.class)
            .should().callConstructor(Proof.Secure.class, Proof.Source.class, List.class)
            .check(CLASSES);
    }

    @Test
    void shouldCallAnRrsetVerifiedOnlyAfterItsSignatureWas() {
        noClasses().that().areNotAssignableTo(RrsetVerifier.class)
            .should().callConstructorWhere(JavaCall.Predicates.target(
                HasOwner.Predicates.With.owner(
                    JavaClass.Predicates.equivalentTo(VerifiedRrset.class))))
            .check(CLASSES);
    }

    @Test
    void shouldKeepTheDnsLibraryInsideOfTheValidator() {
        noClasses().that().resideOutsideOfPackage("org.jamesdane.dns.validating")
            .should().dependOnClassesThat().resideInAPackage("org.xbill..")
            .check(CLASSES);
    }

    @Test
    void shouldNotValidateByTheDnsLibrary() {
        noClasses().should().dependOnClassesThat().resideInAPackage("org.xbill.DNS.dnssec..").check(CLASSES);
    }
}
