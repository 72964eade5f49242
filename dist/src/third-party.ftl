<#-- A line a library, for license-maven-plugin: name, coordinates, licences, home. -->
<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
${project.groupId}:${project.artifactId}:${project.version}
    ${project.name!project.artifactId}
    <#list entry.getValue() as licence>${licence}<#sep>, </#list>
    ${project.url!"no home page is given"}

</#list>
